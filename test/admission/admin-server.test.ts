/** Probes and metrics, over plain HTTP. */

import { expect, it, onTestFinished } from 'vitest'
import { createAdminServer } from '../../src/admission/admin-server.ts'
import { createMetrics } from '../../src/admission/metrics.ts'

/** The server on a free port, with a reason not to be ready that may change, and a start that `started` ends. */
async function start(reason?: string, longestStartMs = 600_000) {
  const state = { reason }
  const metrics = createMetrics()
  const { promise, resolve: started } = Promise.withResolvers<void>()
  const notReady = () => state.reason
  const server = createAdminServer({ notReady, started: promise, longestStartMs, metrics })
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.close())
  const get = async (path: string) => {
    const response = await fetch(`${address}${path}`, { headers: { connection: 'close' } })
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: await response.text(),
    }
  }
  return { state, metrics, get, started }
}

it('is alive whether it is ready or not', async () => {
  const { get } = await start('starting')
  expect(await get('/livez')).toMatchObject({ status: 200, body: 'ok\n' })
})

it('is ready, and says why where it is not', async () => {
  const { state, get } = await start()
  expect(await get('/readyz')).toMatchObject({ status: 200, body: 'ok\n' })
  state.reason = 'the namespaces are not known yet'
  expect(await get('/readyz')).toMatchObject({
    status: 503,
    body: 'not ready: the namespaces are not known yet\n',
  })
  state.reason = undefined
  expect(await get('/readyz')).toMatchObject({ status: 200 })
})

it('answers about its start when that is over', async () => {
  const { get, started } = await start('starting')
  let isAnswered = false
  const answer = get('/startupz').finally(() => {
    isAnswered = true
  })
  // Asked later, and answered: the other one waits.
  await get('/livez')
  expect(isAnswered).toBe(false)
  started()
  expect(await answer).toMatchObject({ status: 200, body: 'ok\n' })
})

it('leaves a start that takes too long to readiness', async () => {
  const { get } = await start('waiting for the API server', 1)
  expect(await get('/startupz')).toMatchObject({ status: 200 })
  expect(await get('/readyz')).toMatchObject({ status: 503 })
})

it('gives the metrics in the form that Prometheus reads', async () => {
  const { metrics, get } = await start()
  metrics.countRefusal(413)
  const { status, type, body } = await get('/metrics')
  expect(status).toBe(200)
  expect(type).toMatch(/^text\/plain; version=0\.0\.4/)
  expect(body).toContain(
    '# TYPE longhaul_refused_requests_total counter\nlonghaul_refused_requests_total{status="413"} 1\n',
  )
})

it.each(['/', '/mutate', '/livez/more'])('has nothing at %s', async path => {
  const { get } = await start()
  expect((await get(path)).status).toBe(404)
})
