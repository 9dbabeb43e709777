/** The plain HTTP server beside the webhook: probes and metrics. */

import { setTimeout as delay } from 'node:timers/promises'
import fastify from 'fastify'
import type { Metrics } from './metrics.ts'

export interface AdminOptions {
  /** Why requests should not be sent here; undefined where they should. */
  notReady(): string | undefined
  /** Settles when the start is over. */
  started: Promise<unknown>
  /** After this time a start that is not over counts as one with a fault, which `notReady` has the reason of. */
  longestStartMs: number
  metrics: Pick<Metrics, 'text' | 'contentType'>
}

/** Kubelets and scrapers use one or two each. */
const maxConnections = 100

/** The server, built without listening. */
export function createAdminServer({ notReady, started, longestStartMs, metrics }: AdminOptions) {
  // Nothing that is asked here is worth waiting for once the process ends.
  const app = fastify({ forceCloseConnections: true })
  app.server.maxConnections = maxConnections
  app.get('/livez', async () => 'ok\n')
  // A kubelet makes a Warning event of every probe that fails, and asks for readiness when this one has been answered.
  app.get('/startupz', async () => {
    await Promise.race([started, delay(longestStartMs, undefined, { ref: false })])
    return 'ok\n'
  })
  app.get('/readyz', async (_request, reply) => {
    const reason = notReady()
    return reason === undefined ? 'ok\n' : reply.code(503).send(`not ready: ${reason}\n`)
  })
  app.get('/metrics', async (_request, reply) => {
    return reply.header('content-type', metrics.contentType).send(await metrics.text())
  })
  return app
}
