/** The configuration that a command was given. */

import { readFile } from 'node:fs/promises'
import { readFault } from '../manifests/inputs.ts'
import { type Config, defaultConfig } from '../policy/config.ts'
import { ConfigError } from '../policy/config-error.ts'
import type { KubernetesVersion } from '../policy/kubernetes-version.ts'

/**
 * The configuration of a file, or the default one without a file, for a version of Kubernetes that the file may
 * override. Throws a ConfigError.
 */
export async function loadConfig(
  file: string | undefined,
  kubernetesVersion: KubernetesVersion = defaultConfig.kubernetesVersion,
): Promise<Config> {
  if (file === undefined) return { ...defaultConfig, kubernetesVersion }
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ConfigError(`${file}: ${readFault(error)}`)
  })
  // Loaded where there is a file: the parser and the schema are a tenth of the time that a start takes.
  const { parseConfig } = await import('../policy/config-file.ts')
  return parseConfig(text, file, kubernetesVersion)
}
