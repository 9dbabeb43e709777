/** The agent as a process. */

import type { Logger } from 'pino'
import { createAdminServer } from '../admission/admin-server.ts'
import { startAgent } from '../agent/agent.ts'
import { createNodeKeepalive } from '../agent/keepalive/node-keepalive.ts'
import { type AgentMetrics, createAgentMetrics } from '../agent/metrics.ts'
import { createNodeStale } from '../agent/stale-connections/node-stale.ts'
import { createClusterClient } from '../cluster/client/client.ts'
import { reachCluster } from '../cluster/client/reach.ts'
import { version } from '../version.ts'
import type { AgentCall } from './agent.ts'
import { loadConfig } from './config-option.ts'
import { firstSignal } from './first-signal.ts'
import { inputWatcher } from './input-watcher.ts'
import { listen, portOf } from './listen.ts'
import { flushLog, openLog } from './log.ts'
import type { Terminal } from './terminal.ts'

/** It has no start that could last: probes tell what it waits for. */
const longestStartMs = 0

/** Runs until the signal to stop. Throws a ConfigError, or a CommandError where the port can't be opened. */
export async function runAgent(call: AgentCall, terminal: Terminal): Promise<void> {
  const log = await openLog(terminal)
  const stopped = firstSignal(terminal)
  const stop = new AbortController()
  const untilStopped = stopped.signal.then(signal => {
    stop.abort()
    log.info({ signal }, 'stopping')
  })
  try {
    await work(call, log, createAgentMetrics(), { signal: stop.signal, untilStopped })
  } finally {
    stop.abort()
    stopped.forget()
    await flushLog(log)
  }
}

interface Stop {
  signal: AbortSignal
  untilStopped: Promise<void>
}

async function work(
  call: AgentCall,
  log: Logger,
  metrics: AgentMetrics,
  { signal: stop, untilStopped }: Stop,
): Promise<void> {
  await loadConfig(call.config)
  const { kubeconfig: file, context } = call
  const client = createClusterClient({ ...(file && { file }), ...(context && { context }) })
  let awaited = () => ['the API server']
  const admin = createAdminServer({
    notReady: () => (awaited().length === 0 ? undefined : `the agent waits for ${awaited().join(' and ')}`),
    started: Promise.resolve(),
    longestStartMs,
    metrics,
  })
  await listen(admin, undefined, call.adminPort)
  try {
    log.info({ version, node: call.node, adminPort: portOf(admin) }, 'listening')
    log.flush()
    const kubernetes = await reachCluster(client, log, stop)
    const load = (file?: string) => loadConfig(file, kubernetes)
    const config = await inputWatcher(log, metrics)(call.config, 'config', load, await load())
    const { node, cgroups, binary, existingConnections: withExisting } = call
    const { networks, dryRun: isDryRun } = call
    awaited = startAgent({
      client,
      node,
      config,
      keepalive: { cgroups, kernel: createNodeKeepalive({ binary, withExisting }) },
      ...(call.staleConnections && { stale: createNodeStale({ binary, networks, isDryRun }) }),
      log,
      metrics,
      stop,
    }).awaited
    await untilStopped
    config.close()
  } catch (error) {
    if (!stop.aborted) throw error
  } finally {
    await admin.close()
  }
}
