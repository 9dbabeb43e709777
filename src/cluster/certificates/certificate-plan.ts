/** What is to be done about the certificates, and when: decided from what there is, by every replica alike. */

import { X509Certificate } from 'node:crypto'
import type { KeyPair } from '../../admission/certificates.ts'
import type { TlsBundle } from './tls-bundle.ts'

export interface Lifetimes {
  leafLifetimeMs: number
  caLifetimeMs: number
}

export type Step =
  /** A new leaf of the same authority. */
  | { do: 'renew-leaf' }
  /** A new authority, to be trusted beside the old before anything is signed by it. */
  | { do: 'announce-authority' }
  /** The announced authority takes over, with a leaf of its own. */
  | { do: 'switch-authority'; next: KeyPair }
  /** The last leaf of the authorities before has ended. */
  | { do: 'drop-previous' }
  | { do: 'wait'; untilMs: number }

/** Certificates are dated back by this, so that clocks may differ by it. */
export const clockSkewMs = 5 * 60 * 1000

export interface Situation {
  bundle: TlsBundle
  /** The host names under which the webhook is called. */
  hosts: readonly string[]
  /** Whether clients have been told of every authority in the bundle, and have had the time to learn of it. */
  isPublished: boolean
  lifetimes: Lifetimes
  nowMs: number
}

/** The next step, or until when to wait. */
export function planStep({ bundle, hosts, isPublished, lifetimes, nowMs }: Situation): Step {
  const { authority, leaf, next, previous } = bundle
  if (!hosts.every(host => new X509Certificate(leaf.cert).checkHost(host) !== undefined)) {
    return { do: 'renew-leaf' }
  }
  const overlap = overlapMs(lifetimes)
  const due: Due[] = [{ step: { do: 'renew-leaf' }, atMs: renewalMs(leaf.cert, nowMs) }]
  if (next === undefined) {
    due.push({ step: { do: 'announce-authority' }, atMs: renewalMs(authority.cert, nowMs) })
  } else if (isPublished || !holds(authority.cert, nowMs)) {
    // An authority that does not hold has nobody's trust to lose.
    const atMs = holds(authority.cert, nowMs) ? createdMs(next.cert) + overlap : nowMs
    // First in the list: the switch brings a new leaf as well.
    due.unshift({ step: { do: 'switch-authority', next }, atMs })
  }
  if (previous !== undefined) {
    const lastLeafMs = createdMs(authority.cert) + lifetimes.leafLifetimeMs
    const atMs = Math.max(lastLeafMs, createdMs(leaf.cert)) + overlap
    due.push({ step: { do: 'drop-previous' }, atMs })
  }
  const now = due.find(({ atMs }) => atMs <= nowMs)
  return now?.step ?? { do: 'wait', untilMs: Math.min(...due.map(({ atMs }) => atMs)) }
}

interface Due {
  step: Step
  atMs: number
}

/**
 * How long an authority is trusted before it signs, and after its last leaf: longer than clocks differ, and
 * than any API server takes to learn of it.
 */
export function overlapMs({ caLifetimeMs }: Lifetimes): number {
  return Math.min(2 * clockSkewMs, caLifetimeMs / 20)
}

/** From when to when a certificate made now holds. */
export function validityFrom(nowMs: number, lifetimeMs: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(nowMs - clockSkewMs), notAfter: new Date(nowMs + lifetimeMs) }
}

/** When two thirds of a certificate's lifetime have passed; now for one that was made by a clock far ahead. */
function renewalMs(cert: string, nowMs: number): number {
  if (!holds(cert, nowMs)) return nowMs
  const created = createdMs(cert)
  return created + ((expiryMs(cert) - created) * 2) / 3
}

function holds(cert: string, nowMs: number): boolean {
  return Date.parse(new X509Certificate(cert).validFrom) <= nowMs && nowMs < expiryMs(cert)
}

function createdMs(cert: string): number {
  return Date.parse(new X509Certificate(cert).validFrom) + clockSkewMs
}

/** When a certificate ends, in milliseconds since 1970. */
export function expiryMs(cert: string): number {
  return Date.parse(new X509Certificate(cert).validTo)
}
