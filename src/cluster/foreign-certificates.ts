/** Certificates that someone else puts into the Secret: cert-manager, or the administrator. */

import { X509Certificate } from 'node:crypto'
import { type CertificateSource, readSecret, type SecretName } from './certificate-source.ts'
import type { ClusterClient } from './client.ts'
import type { Publisher } from './publisher.ts'
import { type ReadPair, readAuthorities, readLeaf } from './tls-bundle.ts'

export interface ForeignCertificatesOptions {
  core: ClusterClient['core']
  secret: SecretName
  /** The name under which the API server calls. */
  host: string
  /** Where nobody else publishes the authorities in the Secret's `ca.crt`. */
  publisher?: Publisher
}

/** The Secret is followed: this only brings back a publication that failed. */
const lookAgainMs = 60_000

export function foreignCertificates(options: ForeignCertificatesOptions): CertificateSource {
  const { core, secret, host, publisher } = options
  return {
    async reconcile(nowMs) {
      const data = (await readSecret(core, secret))?.data
      const read = checkHost(readLeaf(data), host)
      if ('fault' in read) throw new Error(`Secret ${secret.name} in ${secret.namespace}: ${read.fault}`)
      const authorities = readAuthorities(data)
      const isTrusted =
        publisher === undefined || authorities.length === 0 || (await publisher.publish(authorities))
      return { leaf: read.pair, isTrusted, untilMs: nowMs + lookAgainMs }
    },
  }
}

/** The API server refuses a certificate that is not for the name under which it calls. */
function checkHost(read: ReadPair, host: string): ReadPair {
  if ('fault' in read || new X509Certificate(read.pair.cert).checkHost(host) !== undefined) return read
  return { fault: `tls.crt is not for ${host}, the name under which the API server calls` }
}
