/** Connections beyond the limit are closed, and only these, over real TLS. */

import { connect } from 'node:tls'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { chatPod, podRequest, review } from './reviews.ts'
import { ca, keepAliveAgent, startWebhook, type Webhook } from './webhook.ts'

const goodReview = review(podRequest(chatPod))
const maxConnections = 3

let webhook: Webhook
const agents = Array.from({ length: maxConnections }, () => keepAliveAgent(1))

beforeEach(async () => {
  webhook = await startWebhook({ maxConnections })
  // Each keeps its connection.
  for (const agent of agents) expect((await webhook.send({ agent }, goodReview)).status).toBe(200)
})

afterEach(async () => {
  for (const agent of agents) agent.destroy()
  await webhook.close()
})

/** A connection that the webhook closes before a handshake. */
async function refusedConnection(): Promise<void> {
  const socket = connect({ port: webhook.port, host: '127.0.0.1', ca })
  let isSecure = false
  socket.on('secureConnect', () => {
    isSecure = true
  })
  await new Promise(resolve => socket.on('error', () => {}).on('close', resolve))
  expect(isSecure).toBe(false)
}

it('closes those beyond the limit, and answers on those that are open', async () => {
  await refusedConnection()
  for (const agent of agents) expect((await webhook.send({ agent }, goodReview)).status).toBe(200)
  expect(webhook.connections.count).toBe(maxConnections)
})

it('takes another as soon as one is gone', async () => {
  await refusedConnection()
  agents[0]?.destroy()
  await expect.poll(() => webhook.connections.count).toBe(maxConnections - 1)
  expect((await webhook.send({}, goodReview)).status).toBe(200)
})

it('says so in one line of the log for all of them', async () => {
  await refusedConnection()
  await refusedConnection()
  const lines = webhook.logLines.map(line => JSON.parse(line)).filter(({ msg }) => /closed/.test(msg))
  expect(lines).toEqual([expect.objectContaining({ level: 40, closed: 1, open: maxConnections })])
})
