/** The configuration that a command was given. */

import { readFile } from 'node:fs/promises'
import { readFault } from '../manifests/inputs.ts'
import { type Config, defaultConfig } from '../policy/config.ts'
import { ConfigError, parseConfig } from '../policy/config-file.ts'

/** The configuration of a file, or the default one without a file. Throws a ConfigError. */
export async function loadConfig(file: string | undefined): Promise<Config> {
  if (file === undefined) return defaultConfig
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ConfigError(`${file}: ${readFault(error)}`)
  })
  return parseConfig(text, file)
}
