/** The configuration by which Longhaul is to work in a cluster. */

import type { Api } from '../../cluster/client/api.ts'
import type { Installation } from '../../cluster/installation.ts'
import { readVersion } from '../../cluster/live-objects.ts'
import { type Config, defaultConfig } from '../../policy/config.ts'
import { ConfigError } from '../../policy/config-error.ts'
import { parseConfig } from '../../policy/config-file.ts'
import type { KubernetesVersion } from '../../policy/kubernetes-version.ts'

/** Gives a configuration for a version of Kubernetes. */
export type LoadConfig = (version: KubernetesVersion) => Promise<Config>

interface ConfigReading {
  config: Config
  /** False where the defaults stand in for a configuration that can't be read. */
  isKnown: boolean
  /** What could not be read, a sentence each. */
  notes: readonly string[]
}

/**
 * The configuration that Longhaul has in a cluster, as far as it can be known; or another one, for the cluster's
 * version and Longhaul's namespace in it. Throws a ClusterError where the version can't be read.
 */
export async function readClusterConfig(
  api: Api,
  installation: Installation,
  loadConfig?: LoadConfig,
): Promise<ConfigReading> {
  const { namespace, notes } = installation
  const version = await readVersion(api)
  const read =
    loadConfig === undefined
      ? readConfig(installation, version)
      : { config: await loadConfig(version), isKnown: true, notes: [] }
  const own = namespace === undefined ? [] : [namespace]
  const excludedNamespaces = new Set([...read.config.excludedNamespaces, ...own])
  return { ...read, config: { ...read.config, excludedNamespaces }, notes: [...notes, ...read.notes] }
}

function readConfig(
  { config: written, isInstalled }: Installation,
  kubernetesVersion: KubernetesVersion,
): ConfigReading {
  const standard = { ...defaultConfig, kubernetesVersion }
  const instead = "Longhaul's defaults are taken for its configuration; --config names another"
  // Where Longhaul is not installed, nothing is left unread.
  if (written === undefined) return { config: standard, isKnown: isInstalled === false, notes: [instead] }
  try {
    const config = parseConfig(written.text, written.place, kubernetesVersion)
    return { config, isKnown: true, notes: [] }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { config: standard, isKnown: false, notes: [...error.message.split('\n'), instead] }
  }
}
