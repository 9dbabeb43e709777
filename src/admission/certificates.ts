/** Certificates of Longhaul's own: a CA, and leaves for servers that it signs. */

import { isIP } from 'node:net'
import { generate } from 'selfsigned'

export interface KeyPair {
  /** PEM. */
  cert: string
  /** PEM. */
  key: string
}

export interface Validity {
  notBefore: Date
  notAfter: Date
}

/**
 * Both kinds use P-256: CA and leaf must have the same type of key, and it takes 3 ms where RSA takes 40.
 * SHA-256 is named because selfsigned's default is SHA-1, which Go, so the API server, rejects.
 */
const algorithms = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const

/** Of the X.520 standard. Clients look at the alternative names, which may be longer. */
const commonNameLimit = 64

/** A certificate authority; it can sign leaves and nothing below them. */
export async function createAuthority(
  commonName: string,
  { notBefore, notAfter }: Validity,
): Promise<KeyPair> {
  const result = await generate([{ name: 'commonName', value: commonName }], {
    ...algorithms,
    notBeforeDate: notBefore,
    notAfterDate: notAfter,
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return endedByNewlines(result)
}

/** A server's certificate for some DNS names and IP addresses, signed by an authority. */
export async function createLeaf(
  authority: KeyPair,
  hosts: readonly [string, ...string[]],
  { notBefore, notAfter }: Validity,
): Promise<KeyPair> {
  const commonName = hosts[0].slice(0, commonNameLimit)
  const result = await generate([{ name: 'commonName', value: commonName }], {
    ...algorithms,
    notBeforeDate: notBefore,
    notAfterDate: notAfter,
    ca: authority,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: hosts.map(alternativeName) },
    ],
  })
  return endedByNewlines(result)
}

/** As PEM files end, so that one can be put behind another. */
function endedByNewlines({ cert, private: key }: { cert: string; private: string }): KeyPair {
  return { cert: `${cert.trimEnd()}\n`, key: `${key.trimEnd()}\n` }
}

function alternativeName(host: string): { type: 7; ip: string } | { type: 2; value: string } {
  return isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host }
}
