/** Certificates that someone else puts into the Secret: cert-manager, or the administrator. */

import { X509Certificate } from 'node:crypto'
import type { ClusterClient } from '../client/client.ts'
import { clockSkewMs } from './certificate-plan.ts'
import {
  type CertificateEvents,
  type CertificateSource,
  readSecret,
  type SecretName,
} from './certificate-source.ts'
import type { Publisher } from './publisher.ts'
import { createSince, haveSettled, settleMs } from './since.ts'
import { type ReadPair, readAuthorities, readLeaf } from './tls-bundle.ts'

interface ForeignCertificatesOptions {
  core: ClusterClient['core']
  secret: SecretName
  /** The name under which the API server calls. */
  host: string
  /** Where nobody else publishes the authorities in the Secret's `ca.crt`. */
  publisher?: Publisher
  events: CertificateEvents
}

/** How long an authority stays trusted that the Secret names no more: other replicas may serve its leaf still. */
const retirementMs = 2 * clockSkewMs

const never = Number.POSITIVE_INFINITY

export function foreignCertificates(options: ForeignCertificatesOptions): CertificateSource {
  const { core, secret, host, publisher } = options
  const where = `Secret ${secret.name} in ${secret.namespace}`
  const publishBeside = publisher === undefined ? undefined : sideBySide(publisher, where, options.events)
  return {
    async reconcile(nowMs) {
      const data = (await readSecret(core, secret))?.data
      const read = checkHost(readLeaf(data), host)
      if ('fault' in read) throw new Error(`${where}: ${read.fault}`)
      const leaf = read.pair
      if (publishBeside === undefined) return { leaf, isTrusted: true, untilMs: never }
      const authorities = readAuthorities(data)
      const authority = authorities.find(each => isIssuer(each, leaf.cert))
      const isTrusted = await publishBeside(authorities, nowMs)
      const untilMs = nowMs + (isTrusted ? retirementMs : settleMs)
      return { leaf, isTrusted, untilMs, ...(authority && { authority }) }
    },
  }
}

/**
 * Publishes authorities beside those that are trusted so far. Gives true once API servers have had the time to
 * learn of all of them.
 */
function sideBySide(publisher: Publisher, where: string, events: CertificateEvents) {
  const trusted = createSince()
  const retired = createSince()
  let isBare = false
  return async (authorities: readonly string[], nowMs: number): Promise<boolean> => {
    const published = (await publisher.read()) ?? []
    const wasBare = isBare
    isBare = authorities.length + published.length === 0
    if (isBare && !wasBare)
      events.failed('publish', new Error(`${where} has no ca.crt, and there is ${noCa}`))
    if (authorities.length === 0) return true
    const others = published.filter(each => !authorities.includes(each))
    const kept = retired.update(others, nowMs).filter(([, sinceMs]) => nowMs - sinceMs < retirementMs)
    if (!(await publisher.publish([...authorities, ...kept.map(([each]) => each)], nowMs))) return false
    return haveSettled(trusted.update(authorities, nowMs), nowMs)
  }
}

const noCa = 'no caBundle: API servers trust the webhook only where their own system knows its CA'

/** The API server refuses a certificate that is not for the name under which it calls. */
function checkHost(read: ReadPair, host: string): ReadPair {
  if ('fault' in read || new X509Certificate(read.pair.cert).checkHost(host) !== undefined) return read
  return { fault: `tls.crt is not for ${host}, the name under which the API server calls` }
}

function isIssuer(authority: string, cert: string): boolean {
  return new X509Certificate(cert).verify(new X509Certificate(authority).publicKey)
}
