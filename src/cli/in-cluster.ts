/** What the webhook needs, in a cluster: its version, its namespaces, certificates in a Secret. */

import type { Logger } from 'pino'
import type { Metrics } from '../admission/metrics.ts'
import { createClusterClient } from '../cluster/client/client.ts'
import { reachCluster } from '../cluster/client/reach.ts'
import { clusterSurroundings } from '../cluster/surroundings.ts'
import type { Config } from '../policy/config.ts'
import { watchClientCA } from './client-ca.ts'
import { loadConfig } from './config-option.ts'
import type { WatchInput } from './input-watcher.ts'
import type { Opened } from './run-webhook.ts'

interface ClusterOptions {
  configFile: string | undefined
  watch: WatchInput
  log: Logger
  metrics: Metrics
}

/** Waits for the API server. Throws a ConfigError, or rejects when it is told to stop. */
export async function openCluster(
  { configFile, watch, log, metrics }: ClusterOptions,
  stop: AbortSignal,
): Promise<Opened> {
  // A mistake in the file is worth knowing of before anything else.
  await loadConfig(configFile)
  const client = createClusterClient()
  const version = await reachCluster(client, log, stop)
  const load = async (file?: string) => excluding(client.namespace, await loadConfig(file, version))
  const config = await watch(configFile, 'config', load, await load())
  const clientCA = await watchClientCA(watch, config.current())
  return { config, clientCA, surroundings: clusterSurroundings(client, config.current(), log, metrics) }
}

/** Pods of Longhaul itself stay as they are: they must start when it does not run. */
function excluding(namespace: string, config: Config): Config {
  return { ...config, excludedNamespaces: new Set([...config.excludedNamespaces, namespace]) }
}
