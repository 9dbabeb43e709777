/** Leaving without losing a request, over connections that are kept open as the API server does. */

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { connect, type TLSSocket } from 'node:tls'
import { expect, it, onTestFinished } from 'vitest'
import { createAdminServer } from '../../src/admission/admin-server.ts'
import { followConnections, stopGracefully } from '../../src/admission/graceful-stop.ts'
import { createMetrics } from '../../src/admission/metrics.ts'
import { chatPod, plainPod, podRequest, responseOf, review } from './reviews.ts'
import { ca, keepAliveAgent, startWebhook, type Webhook } from './webhook.ts'

const body = review(podRequest(plainPod))

/** A webhook that can be told to leave, and is closed after the test. */
async function startLeavable(settings: Parameters<typeof startWebhook>[0] = {}) {
  const phase = { isLeaving: false }
  const webhook = await startWebhook({ ...settings, isLeaving: () => phase.isLeaving })
  onTestFinished(() => webhook.close())
  const leave = () => {
    phase.isLeaving = true
  }
  return { webhook, phase, leave }
}

async function connectTo({ port }: Webhook): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', ca })
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  await once(socket, 'secureConnect')
  return socket
}

it('loses no request of clients that keep their connections and go on sending', async () => {
  const { webhook, phase, leave } = await startLeavable()
  const agent = keepAliveAgent(20)
  onTestFinished(() => agent.destroy())
  const counts = { sent: 0, answered: 0, told: 0 }
  const sendUntilTold = async () => {
    for (;;) {
      const { isLeaving } = phase
      counts.sent++
      const answer = await webhook.send({ agent }, body)
      if (responseOf(answer).allowed) counts.answered++
      if (isLeaving) expect(answer.headers.connection).toBe('close')
      if (answer.headers.connection !== 'close') continue
      counts.told++
      return
    }
  }
  const clients = Promise.all(Array.from({ length: 20 }, sendUntilTold))
  await expect.poll(() => webhook.connections.count).toBe(20)
  const cut = await stopGracefully(webhook.connections, { settleMs: 200, timeoutMs: 5000 }, leave)
  await clients
  expect(cut).toBe(0)
  expect(counts).toEqual({ sent: counts.answered, answered: counts.sent, told: 20 })
  expect(counts.sent).toBeGreaterThan(100)
})

it('serves as before through the settle time, also on new connections', async () => {
  const { webhook, leave } = await startLeavable()
  const agent = keepAliveAgent(1)
  onTestFinished(() => agent.destroy())
  const stopping = stopGracefully(webhook.connections, { settleMs: 300, timeoutMs: 5000 }, leave)
  for (const options of [{ agent }, { agent }, {}]) {
    const answer = await webhook.send({ headers: { connection: 'keep-alive' }, ...options }, body)
    expect(answer.status).toBe(200)
    expect(answer.headers.connection).toBe('keep-alive')
  }
  agent.destroy()
  expect(await stopping).toBe(0)
})

it('waits for the answer to a request that it has', async () => {
  let release = () => {}
  const released = new Promise<void>(resolve => {
    release = resolve
  })
  const { webhook, leave } = await startLeavable({ namespaceLabels: () => released.then(() => ({})) })
  const answered = webhook.send({ agent: keepAliveAgent(1) }, body)
  await delay(50)
  const stopping = stopGracefully(webhook.connections, { settleMs: 0, timeoutMs: 10_000 }, leave)
  await delay(200)
  release()
  const answer = await answered
  expect(responseOf(answer).allowed).toBe(true)
  expect(answer.headers.connection).toBe('close')
  expect(await stopping).toBe(0)
})

it('tells clients to leave, with answers of every status', async () => {
  const { webhook, leave } = await startLeavable()
  leave()
  const agent = keepAliveAgent(1)
  for (const options of [
    {},
    { path: '/nothing' },
    { method: 'GET' },
    { headers: { 'content-type': 'text/plain' } },
  ]) {
    expect(
      (await webhook.send({ agent, ...options }, options.method ? undefined : body)).headers.connection,
    ).toBe('close')
  }
  expect((await webhook.send({ agent }, '{')).headers.connection).toBe('close')
  agent.destroy()
})

it('closes connections that stay idle before the timeout', async () => {
  const { webhook, leave } = await startLeavable()
  const idle = await connectTo(webhook)
  const ended = once(idle, 'close')
  idle.resume()
  const timeoutMs = 3_600_000
  const cut = await stopGracefully(webhook.connections, { settleMs: 0, timeoutMs }, leave)
  await ended
  expect(cut).toBe(0)
})

it('cuts at the timeout what still hangs, and counts it', async () => {
  const { webhook, leave } = await startLeavable({ namespaceLabels: () => new Promise(() => {}) })
  const [hanging, silent] = [await connectTo(webhook), await connectTo(webhook)]
  hanging.write(`POST /mutate HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n`)
  hanging.write(`content-length: ${body.length}\r\n\r\n${body}`)
  const closed = Promise.all([once(hanging, 'close'), once(silent, 'close')])
  const cut = await stopGracefully(webhook.connections, { settleMs: 0, timeoutMs: 300 }, leave)
  expect(cut).toBe(2)
  await closed
  await expect.poll(() => webhook.connections.count).toBe(0)
})

it('ends at once where nobody is connected', async () => {
  const { webhook, leave } = await startLeavable()
  expect((await webhook.send({}, review(podRequest(chatPod)))).status).toBe(200)
  // It would outlast the test.
  const timeoutMs = 3_600_000
  expect(await stopGracefully(webhook.connections, { settleMs: 0, timeoutMs }, leave)).toBe(0)
})

it('follows the connections of a plain server as well', async () => {
  const server = createAdminServer({
    notReady: () => undefined,
    started: Promise.resolve(),
    longestStartMs: 0,
    metrics: createMetrics(),
  })
  const connections = followConnections(server.server)
  await server.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.close())
  const { port } = server.server.address() as AddressInfo
  const answer = await fetch(`http://127.0.0.1:${port}/livez`)
  expect(await answer.text()).toBe('ok\n')
  expect(connections.count).toBe(1)
  connections.closeAll()
  await expect.poll(() => connections.count).toBe(0)
})
