/** The CA whose clients are answered, from the file that the configuration names. */

import { readFile } from 'node:fs/promises'
import type { WatchedFile } from '../admission/watched-file.ts'
import { splitCertificates } from '../cluster/certificates/tls-bundle.ts'
import { readFault } from '../manifests/inputs.ts'
import type { Config } from '../policy/config.ts'
import { ConfigError } from '../policy/config-error.ts'
import type { WatchInput } from './input-watcher.ts'

/** Follows the file; undefined is followed where none is named. Throws a ConfigError where it can't be used. */
export function watchClientCA(
  watch: WatchInput,
  { webhook }: Config,
): Promise<WatchedFile<string | undefined>> {
  return watch<string | undefined>(webhook.clientCA, 'client-ca', loadClientCA, undefined)
}

/** The certificates in a PEM file. Throws a ConfigError where there is none, or one that can't be read. */
async function loadClientCA(file: string): Promise<string> {
  const fail = (fault: string): never => {
    throw new ConfigError(`webhook.clientCA: ${file}: ${fault}`)
  }
  const text = await readFile(file, 'utf8').catch((error: unknown) => fail(readFault(error)))
  const certificates = splitCertificates(text)
  const begun = text.split('-----BEGIN CERTIFICATE-----').length - 1
  if (begun === 0) fail('it holds no certificate; write that of the CA there, as PEM')
  if (certificates.length < begun) {
    fail(`${begun - certificates.length} of its ${begun} certificates can't be read; write them as PEM`)
  }
  return certificates.join('')
}
