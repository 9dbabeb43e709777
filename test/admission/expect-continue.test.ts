/** Clients that ask for leave before they send a body (`Expect: 100-continue`), over real TLS sockets. */

import { once } from 'node:events'
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { standardBodyLimits } from '../../src/admission/bodies.ts'
import { chatPod, podRequest, responseOf, review } from './reviews.ts'
import { type Answer, ca, startWebhook, type Webhook } from './webhook.ts'

const goodReview = review(podRequest(chatPod))
const json = { 'content-type': 'application/json' }

let webhook: Webhook

beforeEach(async () => {
  webhook = await startWebhook()
})

afterEach(() => webhook.close())

/** Sends the head, and the body only once the server says so. */
async function ask(headers: OutgoingHttpHeaders, path = '/mutate') {
  let isToldToGoOn = false
  const outgoing = request({
    host: '127.0.0.1',
    port: webhook.port,
    path,
    method: 'POST',
    ca,
    agent: false,
    headers: { ...headers, expect: '100-continue' },
  })
  outgoing.on('error', () => {})
  outgoing.once('continue', () => {
    isToldToGoOn = true
    outgoing.end(goodReview)
  })
  outgoing.flushHeaders()
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  const answer: Answer = {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: await text(response),
  }
  outgoing.destroy()
  return { isToldToGoOn, answer }
}

it('are told to go on, and answered', async () => {
  for (const headers of [{ 'content-length': goodReview.length }, { 'transfer-encoding': 'chunked' }]) {
    const { isToldToGoOn, answer } = await ask({ ...json, ...headers })
    expect(isToldToGoOn).toBe(true)
    expect(responseOf(answer)).toMatchObject({ uid: 'u1', allowed: true })
  }
})

it.each([
  ['too large', 413, { ...json, 'content-length': standardBodyLimits.bodyBytes + 1 }, '/mutate'],
  ['of another type', 415, { 'content-type': 'text/plain', 'content-length': 10 }, '/mutate'],
  ['for another path', 404, { ...json, 'content-length': 10 }, '/nothing'],
])('are refused before they send a body: %s', async (_name, status, headers, path) => {
  const { isToldToGoOn, answer } = await ask(headers, path)
  expect(answer.status).toBe(status)
  expect(JSON.parse(answer.body)).toMatchObject({ kind: 'Status', code: status })
  expect(answer.headers.connection).toBe('close')
  expect(isToldToGoOn).toBe(false)
})
