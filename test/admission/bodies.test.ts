/** Bodies in flight, over real TLS sockets: bounded together, and given up where they don't move on. */

import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { createAdminServer } from '../../src/admission/admin-server.ts'
import { standardBodyLimits } from '../../src/admission/bodies.ts'
import { createMetrics } from '../../src/admission/metrics.ts'
import { chatPod, podRequest, responseOf, review } from './reviews.ts'
import { type Answer, ca, startWebhook, type Webhook } from './webhook.ts'

const goodReview = review(podRequest(chatPod))
const kibibyte = 1024
/** Room for one body of 60 KB, and not for two. */
const smallLimits = { bodyBytes: 80 * kibibyte, inFlightBytes: 100 * kibibyte, stallMs: 60_000 }
const largeReview = goodReview.padEnd(60 * kibibyte, ' ')

let webhook: Webhook

afterEach(() => webhook.close())

interface Unended {
  outgoing: ClientRequest
  /** The answer, where one comes. */
  answer: Promise<Answer>
}

/** Sends the beginning of a body, and not its end. */
function begin(headers: Record<string, string>, part: string | Buffer): Unended {
  const outgoing = secureRequest({
    host: '127.0.0.1',
    port: webhook.port,
    path: '/mutate',
    method: 'POST',
    ca,
    agent: false,
    headers: { 'content-type': 'application/json', ...headers },
  })
  outgoing.on('error', () => {})
  outgoing.write(part)
  const answer = once(outgoing, 'response').then(async ([response]: IncomingMessage[]) => ({
    status: response?.statusCode ?? 0,
    headers: response?.headers ?? {},
    body: response === undefined ? '' : await text(response),
  }))
  answer.catch(() => {})
  return { outgoing, answer }
}

/** Sends the large review until it is taken; what was held before may take a moment to be released. */
async function sendUntilTaken(): Promise<void> {
  while ((await webhook.send({}, largeReview)).status !== 200) await delay(5)
}

describe('bodies in flight', () => {
  it('are refused beyond what the chart leaves room for, while others are answered', async () => {
    webhook = await startWebhook()
    const admin = createAdminServer({ notReady: () => undefined, metrics: createMetrics() })
    const part = Buffer.alloc(6_900_000, ' ')
    const count = 45
    const fitting = Math.floor(standardBodyLimits.inFlightBytes / part.length)
    const refused: Answer[] = []
    const all = Array.from({ length: count }, () => begin({ 'content-length': `${part.length + 1}` }, part))
    await new Promise<void>(resolve => {
      for (const { answer } of all) {
        answer.then(each => {
          if (refused.push(each) === count - fitting) resolve()
        }, resolve)
      }
    })
    for (const { status, headers, body } of refused) {
      expect(status).toBe(503)
      expect(headers.connection).toBe('close')
      expect(JSON.parse(body)).toMatchObject({
        kind: 'Status',
        code: 503,
        message: expect.stringContaining('ask again'),
      })
    }
    expect(responseOf(await webhook.send({}, goodReview))).toMatchObject({ allowed: true })
    expect(await webhook.count('longhaul_refused_requests_total{status="503"}')).toBe(refused.length)
    await admin.listen({ host: '127.0.0.1', port: 0 })
    const address = admin.server.address() as { port: number }
    const probe = request({ host: '127.0.0.1', port: address.port, path: '/livez' }).end()
    const [live] = (await once(probe, 'response')) as [IncomingMessage]
    expect(live.statusCode).toBe(200)
    live.resume()
    for (const { outgoing } of all) outgoing.destroy()
    await admin.close()
  })

  it('are refused by what they announce, before it comes', async () => {
    webhook = await startWebhook({ bodyLimits: smallLimits })
    begin({ 'content-length': '70000' }, largeReview)
    while ((await webhook.send({}, largeReview)).status !== 503) await delay(5)
    const { answer } = begin({ 'content-length': '70000' }, '{')
    expect((await answer).status).toBe(503)
  })

  it('hold nothing for what is only announced', async () => {
    webhook = await startWebhook({ bodyLimits: smallLimits })
    for (let count = 0; count < 10; count++) begin({ 'content-length': '70000' }, '{')
    expect((await webhook.send({}, goodReview)).status).toBe(200)
    expect((await webhook.send({}, largeReview)).status).toBe(200)
  })

  it('are released by their answers', async () => {
    webhook = await startWebhook({ bodyLimits: smallLimits, namespaceLabels: async () => ({}) })
    for (let count = 0; count < 5; count++) {
      expect((await webhook.send({}, largeReview)).status).toBe(200)
      expect((await webhook.send({}, largeReview.replace('{', '['))).status).toBe(400)
      const { answer } = begin({ 'transfer-encoding': 'chunked' }, largeReview.repeat(2))
      expect((await answer).status).toBe(413)
    }
  })

  it('are released where the client goes away', async () => {
    webhook = await startWebhook({ bodyLimits: smallLimits })
    const { outgoing } = begin({ 'content-length': '70000' }, largeReview)
    while ((await webhook.send({}, largeReview)).status !== 503) await delay(5)
    outgoing.destroy()
    await sendUntilTaken()
  })

  it('are given up where nothing more comes', async () => {
    webhook = await startWebhook({ bodyLimits: { ...smallLimits, stallMs: 50 } })
    const { status, headers, body } = await begin({ 'content-length': '70000' }, largeReview).answer
    expect(status).toBe(408)
    expect(headers.connection).toBe('close')
    expect(JSON.parse(body).message).toBe('Nothing came of the body for 0.05 s.')
    await sendUntilTaken()
  })

  it('may come byte by byte', async () => {
    webhook = await startWebhook()
    const { outgoing, answer } = begin({ 'transfer-encoding': 'chunked' }, '')
    for (const character of goodReview) outgoing.write(character)
    outgoing.end()
    expect(responseOf(await answer)).toMatchObject({ uid: 'u1', allowed: true })
  })
})
