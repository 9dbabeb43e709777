/** `longhaul serve`: the webhook. */

import { Command } from 'commander'
import { createMetrics } from '../admission/metrics.ts'
import { defaultConfig } from '../policy/config.ts'
import { watchClientCA } from './client-ca.ts'
import { CommandError, exitStatus } from './command-error.ts'
import { loadConfig } from './config-option.ts'
import { firstSignal } from './first-signal.ts'
import { inputWatcher, type WatchInput } from './input-watcher.ts'
import { flushLog, openLog } from './log.ts'
import { readPort } from './port-option.ts'
import { type Opened, runWebhook } from './run-webhook.ts'
import { createLocalTls, loadNamespaces, standaloneSurroundings } from './standalone.ts'
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
    .description(
      'Runs the admission webhook, in a cluster by the rights of its service account (or of a kubeconfig).',
    )
    .option('--config <file>', 'configuration file; changes take effect at once')
    .option('--port <number>', 'HTTPS port of the webhook; 0 for any', readPort, 8443)
    .option('--admin-port <number>', 'HTTP port of probes and metrics; 0 for any', readPort, 8080)
    .option('--standalone', 'run without a cluster, on this host, with certificates made at start', false)
    .option('--namespaces <file>', 'with --standalone: Namespace objects, for their labels')
    .option('--tls-dir <folder>', 'with --standalone: where to write ca.crt for clients')
    .action((options: Options) => serve(options, terminal))
}

async function serve(options: Options, terminal: Terminal): Promise<void> {
  checkCombination(options)
  const log = await openLog(terminal)
  // From the start: the first process of a container gets no default action for a signal.
  const stop = firstSignal(terminal)
  const metrics = createMetrics()
  const { port, adminPort } = options
  const run = { port, adminPort, log, metrics, stopSignal: stop.signal }
  const watch = inputWatcher(log, metrics)
  try {
    if (options.standalone) {
      await runWebhook({ ...run, host: '127.0.0.1', open: () => openStandalone(options, watch) })
    } else {
      // Loaded where there is a cluster: its client takes longer than all the rest.
      const { openCluster } = await import('./in-cluster.ts')
      const cluster = { configFile: options.config, watch, log, metrics }
      await runWebhook({ ...run, awaited: ['the API server'], open: stop => openCluster(cluster, stop) })
    }
  } finally {
    stop.forget()
    await flushLog(log)
  }
}

function checkCombination({ standalone, namespaces, tlsDir }: Options): void {
  if (standalone || (namespaces ?? tlsDir) === undefined) return
  const option = namespaces === undefined ? '--tls-dir' : '--namespaces'
  throw new CommandError(`${option} goes with --standalone only`, exitStatus.wrongInput)
}

async function openStandalone(options: Options, watch: WatchInput): Promise<Opened> {
  const config = await watch(options.config, 'config', file => loadConfig(file), defaultConfig)
  const namespaces = await watch(options.namespaces, 'namespaces', loadNamespaces, new Map())
  const clientCA = await watchClientCA(watch, config.current())
  const tls = await createLocalTls(options.tlsDir, Date.now())
  return { config, clientCA, surroundings: standaloneSurroundings(tls, namespaces) }
}
