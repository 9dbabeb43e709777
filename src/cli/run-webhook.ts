/** The webhook as a process: its servers listen, become ready, and stop in good order. */

import type { Logger } from 'pino'
import { createAdminServer } from '../admission/admin-server.ts'
import type { KeyPair } from '../admission/certificates.ts'
import { type Connections, followConnections, stopGracefully } from '../admission/graceful-stop.ts'
import type { Metrics } from '../admission/metrics.ts'
import { type AdmissionServer, createAdmissionServer, tlsOptions } from '../admission/server.ts'
import type { Surroundings } from '../admission/surroundings.ts'
import type { WatchedFile } from '../admission/watched-file.ts'
import type { Config } from '../policy/config.ts'
import { version } from '../version.ts'
import { listen, portOf } from './listen.ts'

/** On a busy node, with an API server that is slow to answer, certificates take a few seconds. */
const longestStartMs = 20_000

/** What the webhook works with, once it is there. */
export interface Opened {
  config: WatchedFile<Config>
  /** Of the clients that are answered, as PEM; undefined: all are. */
  clientCA: WatchedFile<string | undefined>
  surroundings: Surroundings
}

export interface RunOptions {
  /** The address to listen on; left out: every one. */
  host?: string
  port: number
  adminPort: number
  log: Logger
  metrics: Metrics
  /** What `open` may have to wait for, in words. */
  awaited?: readonly string[]
  /** Finds the surroundings. May take as long as the API server can't be reached; rejects when told to stop. */
  open(stop: AbortSignal): Promise<Opened>
  /** Resolves with the name of the signal that asks to stop. */
  stopSignal: Promise<string>
}

/** Runs until the signal to stop, and then until the last connection has ended. */
export async function runWebhook(options: RunOptions): Promise<void> {
  const { log, metrics, stopSignal, awaited = [] } = options
  const phase = { notReady: (): string | undefined => waitingFor(awaited), isLeaving: false }
  const started = Promise.withResolvers<void>()
  const admin = createAdminServer({
    notReady: () => phase.notReady(),
    started: started.promise,
    longestStartMs,
    metrics,
  })
  const stop = new AbortController()
  const stopped = stopSignal.then(signal => {
    phase.notReady = () => 'the webhook is stopping'
    stop.abort()
    return signal
  })
  let opened: Opened | undefined
  let serving: Serving | undefined
  try {
    await listen(admin, options.host, options.adminPort)
    const opening = options.open(stop.signal)
    opened = await untilStopped(opening, stopped)
    if (opened === undefined) {
      // It may be on the point of succeeding all the same.
      opening.then(close, () => {})
      return
    }
    const { config, surroundings } = opened
    phase.notReady = () => waitingFor(surroundings.awaited())
    const certificate = await untilStopped(surroundings.ready, stopped)
    if (certificate === undefined) return
    serving = await startServing(options, opened, certificate, () => phase.isLeaving)
    // The signal may have come while the port was opened.
    if (!stop.signal.aborted) phase.notReady = () => undefined
    started.resolve()
    log.info({ version, port: portOf(serving.server), adminPort: portOf(admin) }, 'listening')
    // Whoever started this process waits for the line, and must not wait for the buffer to fill.
    log.flush()
    const signal = await stopped
    log.info({ signal }, 'stopping')
    const times = stopTimes(signal, config.current().shutdown)
    const cut = await stopGracefully(serving.connections, times, () => {
      phase.isLeaving = true
    })
    log.info({ cut }, 'stopped')
  } finally {
    stop.abort()
    if (opened !== undefined) close(opened)
    const closed = Promise.all([admin.close(), serving?.server.close()])
    serving?.connections.closeAll()
    await closed
  }
}

function close({ config, clientCA, surroundings }: Opened): void {
  config.close()
  clientCA.close()
  surroundings.close()
}

function waitingFor(things: readonly string[]): string {
  return things.length === 0 ? 'the webhook is starting' : `the webhook waits for ${things.join(' and ')}`
}

interface Serving {
  server: AdmissionServer
  connections: Connections
}

async function startServing(
  { host, port, log, metrics }: RunOptions,
  { config, clientCA, surroundings }: Opened,
  certificate: KeyPair,
  isLeaving: () => boolean,
): Promise<Serving> {
  const server = createAdmissionServer({
    config: config.current,
    namespaceLabels: surroundings.namespaceLabels,
    askForLabels: surroundings.askForLabels,
    tls: certificate,
    clientCA: clientCA.current(),
    log,
    metrics,
    isLeaving,
  })
  // Connections that are open keep the certificates with which they began, on both sides.
  let served = certificate
  const renew = () => server.server.setSecureContext(tlsOptions(served, clientCA.current()))
  surroundings.onCertificate(renewed => {
    served = renewed
    renew()
  })
  clientCA.onChange(renew)
  const connections = followConnections(server.server)
  await listen(server, host, port)
  return { server, connections }
}

/** Somebody at a keyboard does not want to wait. */
function stopTimes(signal: string, times: { settleMs: number; timeoutMs: number }) {
  return signal === 'SIGINT' ? { settleMs: 0, timeoutMs: 0 } : times
}

/** What a promise gives, or undefined where the signal to stop comes first; its own failure is then no news. */
async function untilStopped<T>(promise: Promise<T>, stopped: Promise<string>): Promise<T | undefined> {
  const outcome = await Promise.race([promise.then(value => ({ value })), stopped])
  if (typeof outcome === 'object') return outcome.value
  promise.catch(() => {})
  return undefined
}
