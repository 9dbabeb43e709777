/** `longhaul serve`: the webhook. */

import type { AddressInfo } from 'node:net'
import { Command, InvalidArgumentError } from 'commander'
import type { Logger } from 'pino'
import { createAdminServer } from '../admission/admin-server.ts'
import { followConnections, stopGracefully } from '../admission/graceful-stop.ts'
import { createMetrics, type Metrics } from '../admission/metrics.ts'
import { createAdmissionServer } from '../admission/server.ts'
import { type WatchedFile, watchedFile } from '../admission/watched-file.ts'
import { defaultConfig } from '../policy/config.ts'
import { version } from '../version.ts'
import { CommandError, exitStatus } from './command-error.ts'
import { loadConfig } from './config-option.ts'
import { flushLog, openLog } from './log.ts'
import { createLocalTls, loadNamespaces } from './standalone.ts'
import type { Terminal } from './terminal.ts'

interface Options {
  config?: string
  port: number
  adminPort: number
  standalone: boolean
  namespaces?: string
  tlsDir?: string
}

/** The command, for the program's list. */
export function serveCommand(terminal: Terminal): Command {
  return new Command('serve')
    .summary('run the webhook')
    .description('Runs the admission webhook.')
    .option('--config <file>', 'configuration file; changes take effect at once')
    .option('--port <number>', 'HTTPS port of the webhook; 0 for any', readPort, 8443)
    .option('--admin-port <number>', 'HTTP port of probes and metrics; 0 for any', readPort, 8080)
    .option('--standalone', 'run without a cluster, on this host, with certificates made at start', false)
    .option('--namespaces <file>', 'with --standalone: Namespace objects, for their labels')
    .option('--tls-dir <folder>', 'with --standalone: where to write ca.crt for clients')
    .action((options: Options) => serve(options, terminal))
}

async function serve(options: Options, terminal: Terminal): Promise<void> {
  if (!options.standalone) {
    throw new CommandError('serve runs only with --standalone in this version', exitStatus.wrongInput)
  }
  const log = await openLog(terminal)
  // From the start: the first process of a container gets no default action for a signal.
  const stop = firstSignal(terminal)
  try {
    await serveStandalone(options, stop.signal, log)
  } finally {
    stop.forget()
    await flushLog(log)
  }
}

const host = '127.0.0.1'

async function serveStandalone(options: Options, stopSignal: Promise<string>, log: Logger): Promise<void> {
  const metrics = createMetrics()
  const config = await watched(options.config, 'config', loadConfig, defaultConfig, log, metrics)
  const namespaces = await watched(options.namespaces, 'namespaces', loadNamespaces, new Map(), log, metrics)
  const phase = { isReady: false, isLeaving: false }
  const admission = createAdmissionServer({
    config: config.current,
    namespaceLabels: name => namespaces.current().get(name) ?? {},
    log,
    metrics,
    tls: await createLocalTls(options.tlsDir, Date.now()),
    isLeaving: () => phase.isLeaving,
  })
  const admin = createAdminServer({
    notReady: () => (phase.isReady ? undefined : 'the webhook is starting or stopping'),
    metrics,
  })
  const connections = followConnections(admission.server)
  try {
    await listen(admission, options.port)
    await listen(admin, options.adminPort)
    phase.isReady = true
    log.info({ version, port: portOf(admission), adminPort: portOf(admin) }, 'listening')
    // Whoever started this process waits for the line, and must not wait for the buffer to fill.
    log.flush()
    const signal = await stopSignal
    phase.isReady = false
    log.info({ signal }, 'stopping')
    const cut = await stopGracefully(connections, stopTimes(signal, config.current().shutdown), () => {
      phase.isLeaving = true
    })
    log.info({ cut }, 'stopped')
  } finally {
    config.close()
    namespaces.close()
    const closed = Promise.all([admission.close(), admin.close()])
    connections.closeAll()
    await closed
  }
}

/** Somebody at a keyboard does not want to wait. */
function stopTimes(signal: string, times: { settleMs: number; timeoutMs: number }) {
  return signal === 'SIGINT' ? { settleMs: 0, timeoutMs: 0 } : times
}

/** A file that is followed, where one was named; else a value that stays. */
async function watched<T>(
  file: string | undefined,
  label: string,
  load: (file: string) => Promise<T>,
  standard: T,
  log: Logger,
  metrics: Metrics,
): Promise<WatchedFile<T>> {
  if (file === undefined) return { current: () => standard, close: () => {} }
  return watchedFile(file, load, {
    accepted() {
      metrics.countReload(label, 'accepted')
      log.info({ file }, 'changed file taken over')
    },
    refused(error) {
      metrics.countReload(label, 'refused')
      log.error(
        { file, problem: (error as Error).message },
        'changed file refused; what it held before stays',
      )
    },
  })
}

interface Listener {
  listen(options: { host: string; port: number }): Promise<string>
  server: { address(): AddressInfo | string | null }
}

async function listen(server: Listener, port: number): Promise<void> {
  try {
    await server.listen({ host, port })
  } catch (error) {
    throw new CommandError(`port ${port} can't be opened: ${(error as Error).message}`, exitStatus.failed)
  }
}

function portOf({ server }: Listener): number | undefined {
  const address = server.address()
  return address === null || typeof address === 'string' ? undefined : address.port
}

/** The first signal to stop; those after it act as if nobody listened, which is to end the process at once. */
function firstSignal(terminal: Terminal): { signal: Promise<string>; forget(): void } {
  const { promise, resolve } = Promise.withResolvers<string>()
  const forget = terminal.onSignal(signal => {
    forget()
    resolve(signal)
  })
  return { signal: promise, forget }
}

function readPort(written: string): number {
  const port = Number(written)
  if (/^\d+$/.test(written) && port <= 65535) return port
  throw new InvalidArgumentError('Write a number from 0 to 65535.')
}
