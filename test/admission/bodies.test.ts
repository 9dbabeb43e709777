/** Bodies in flight, over real TLS sockets: bounded together, and given up where they don't move on. */

import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { createAdminServer } from '../../src/admission/admin-server.ts'
import { standardBodyLimits } from '../../src/admission/bodies.ts'
import { createMetrics } from '../../src/admission/metrics.ts'
import { chatPod, podRequest, responseOf, review } from './reviews.ts'
import { type Answer, ca, startWebhook, type Webhook } from './webhook.ts'

const goodReview = review(podRequest(chatPod))
const kibibyte = 1024
/** Room for one body of 60 KB, and not for two. */
const smallLimits = {
  bodyBytes: 80 * kibibyte,
  inFlightBytes: 100 * kibibyte,
  reservedBytes: 0,
  patienceMs: 60_000,
}
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
    // None of them is given up before all have come, however busy the machine is.
    webhook = await startWebhook({ bodyLimits: { ...standardBodyLimits, patienceMs: 60_000 } })
    const admin = createAdminServer({
      notReady: () => undefined,
      started: Promise.resolve(),
      longestStartMs: 0,
      metrics: createMetrics(),
    })
    const part = Buffer.alloc(6_900_000, ' ')
    const count = 45
    const { inFlightBytes, reservedBytes } = standardBodyLimits
    const fitting = Math.floor((inFlightBytes - reservedBytes) / part.length)
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

  it('are given up where they are not there in time, though they come on and on', async () => {
    webhook = await startWebhook({ bodyLimits: { ...smallLimits, patienceMs: 300 } })
    const { outgoing, answer } = begin({ 'content-length': '70000' }, largeReview)
    const trickle = setInterval(() => outgoing.write(' '), 20)
    const { status, headers, body } = await answer
    clearInterval(trickle)
    expect(status).toBe(408)
    expect(headers.connection).toBe('close')
    expect(JSON.parse(body).message).toBe('The body was not there after 0.3 s.')
    await sendUntilTaken()
  })

  it('leave room for small ones', async () => {
    const patienceMs = 600_000
    webhook = await startWebhook({ bodyLimits: { ...standardBodyLimits, patienceMs } })
    const part = Buffer.alloc(6_900_000, ' ')
    const all = Array.from({ length: 4 }, () => begin({ 'content-length': `${part.length + 1}` }, part))
    expect((await Promise.race(all.map(({ answer }) => answer))).status).toBe(503)
    for (let count = 0; count < 20; count++) {
      expect((await webhook.send({}, goodReview.padEnd(200 * kibibyte, ' '))).status).toBe(200)
    }
  })

  it('are held until the answer is taken, and the connection is closed where it is not', async () => {
    const patienceMs = 3000
    webhook = await startWebhook({ bodyLimits: { ...standardBodyLimits, patienceMs } })
    const preload = `/${'a'.repeat(4_900_000)}.so`
    const pod = {
      ...chatPod,
      spec: { containers: [{ name: 'app', env: [{ name: 'LD_PRELOAD', value: preload }] }] },
    }
    const body = review(podRequest(pod)).padEnd(7_000_000, ' ')
    const head = `POST /mutate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`
    const socket = connect({ port: webhook.port, host: '127.0.0.1', ca }).pause()
    socket.on('error', () => {})
    socket.write(`${head}\r\n\r\n${body}`)
    await expect.poll(() => webhook.connections.count, { timeout: 20_000 }).toBe(1)
    // Nobody reads: the answer is longer than all buffers between the two.
    await expect.poll(() => webhook.connections.count, { timeout: 20_000 }).toBe(0)
    expect(
      await webhook.count('longhaul_admissions_total{webhook="mutate",outcome="mutated",reason=""}'),
    ).toBe(1)
    socket.destroy()
    expect((await webhook.send({}, body)).status).toBe(200)
  })

  it('are refused where they would become much more when parsed', async () => {
    webhook = await startWebhook()
    const lists = goodReview.replace('"labels":{', `"labels":{"x":[${'[],'.repeat(700_000)}[]],`)
    const { status, body } = await webhook.send({}, lists)
    expect(status).toBe(413)
    expect(JSON.parse(body).message).toBe('The body has more than 600000 lists, objects and items.')
    const text = goodReview.replace('"labels":{', `"labels":{"x":"${'[],\\"'.repeat(700_000)}",`)
    expect((await webhook.send({}, text)).status).toBe(200)
  })

  it('may come byte by byte', async () => {
    webhook = await startWebhook()
    const { outgoing, answer } = begin({ 'transfer-encoding': 'chunked' }, '')
    for (const character of goodReview) outgoing.write(character)
    outgoing.end()
    expect(responseOf(await answer)).toMatchObject({ uid: 'u1', allowed: true })
  })
})
