/** The plain HTTP server beside the webhook: probes and metrics. */

import fastify from 'fastify'
import type { Metrics } from './metrics.ts'

export interface AdminOptions {
  /** Why requests should not be sent here; undefined where they should. */
  notReady(): string | undefined
  metrics: Metrics
}

/** Kubelets and scrapers use one or two each. */
const maxConnections = 100

/** The server, built without listening. */
export function createAdminServer({ notReady, metrics }: AdminOptions) {
  // Nothing that is asked here is worth waiting for once the process ends.
  const app = fastify({ forceCloseConnections: true })
  app.server.maxConnections = maxConnections
  app.get('/livez', async () => 'ok\n')
  app.get('/readyz', async (_request, reply) => {
    const reason = notReady()
    return reason === undefined ? 'ok\n' : reply.code(503).send(`not ready: ${reason}\n`)
  })
  app.get('/metrics', async (_request, reply) => {
    return reply.header('content-type', metrics.contentType).send(await metrics.text())
  })
  return app
}
