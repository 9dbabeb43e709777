/** What the Secret of a webhook with certificates of its own holds. */

import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { KeyPair } from '../../admission/certificates.ts'

/** Keys and certificates in PEM. */
export interface TlsBundle {
  /** Signs the leaf. */
  authority: KeyPair
  leaf: KeyPair
  /** The authority that comes next: clients already trust it, nothing is signed by it yet. */
  next?: KeyPair
  /** Certificates of authorities that came before: leaves of theirs may still be in use. */
  previous?: string
}

/** The names in the Secret; those of the leaf are what a Secret of the type kubernetes.io/tls has. */
const keys = {
  leaf: { cert: 'tls.crt', key: 'tls.key' },
  authority: { cert: 'ca.crt', key: 'ca.key' },
  next: { cert: 'next-ca.crt', key: 'next-ca.key' },
  previous: 'previous-ca.crt',
} as const

const ownNames: ReadonlySet<string> = new Set(
  [keys.leaf, keys.authority, keys.next, { previous: keys.previous }].flatMap(Object.values),
)

type SecretData = Readonly<Record<string, string>>

/** The data of a Secret, in base64; what else it held stays. */
export function writeBundle(
  { authority, leaf, next, previous }: TlsBundle,
  old: SecretData = {},
): SecretData {
  const texts = {
    [keys.authority.cert]: authority.cert,
    [keys.authority.key]: authority.key,
    [keys.leaf.cert]: leaf.cert,
    [keys.leaf.key]: leaf.key,
    ...(next === undefined ? {} : { [keys.next.cert]: next.cert, [keys.next.key]: next.key }),
    ...(previous === undefined ? {} : { [keys.previous]: previous }),
  }
  const own = Object.entries(texts).map(([name, text]) => [name, Buffer.from(text).toString('base64')])
  const others = Object.entries(old).filter(([name]) => !ownNames.has(name))
  return Object.fromEntries([...others, ...own])
}

/** A bundle as far as it is sound, or what is wrong with it. */
export type ReadBundle = { bundle: TlsBundle } | { fault: string }

/** What the data of a Secret holds. What only helps in a change of authorities is left out where it is broken. */
export function readBundle(data: SecretData | undefined): ReadBundle {
  const authority = readPair(data, keys.authority)
  if ('fault' in authority) return authority
  const leaf = readLeaf(data)
  if ('fault' in leaf) return leaf
  if (!new X509Certificate(leaf.pair.cert).verify(new X509Certificate(authority.pair.cert).publicKey)) {
    return { fault: `${keys.leaf.cert} is not signed by ${keys.authority.cert}` }
  }
  const next = readPair(data, keys.next)
  const previous = splitCertificates(textOf(data, keys.previous)).join('')
  return {
    bundle: {
      authority: authority.pair,
      leaf: leaf.pair,
      ...('pair' in next ? { next: next.pair } : {}),
      ...(previous === '' ? {} : { previous }),
    },
  }
}

/** A sound certificate with its key, or what is wrong with it. */
export type ReadPair = { pair: KeyPair } | { fault: string }

/** The leaf of a Secret, whoever wrote it. */
export function readLeaf(data: SecretData | undefined): ReadPair {
  return readPair(data, keys.leaf)
}

/** The certificates of authorities that stand in a Secret of the user's; empty where there are none. */
export function readAuthorities(data: SecretData | undefined): string[] {
  return splitCertificates(textOf(data, keys.authority.cert))
}

function readPair(data: SecretData | undefined, names: { cert: string; key: string }): ReadPair {
  const pair = { cert: textOf(data, names.cert), key: textOf(data, names.key) }
  if (pair.cert === '') return { fault: `${names.cert} is missing` }
  if (pair.key === '') return { fault: `${names.key} is missing` }
  const certificate = attempt(() => new X509Certificate(pair.cert))
  if (certificate === undefined) return { fault: `${names.cert} is no certificate` }
  const key = attempt(() => createPrivateKey(pair.key))
  if (key === undefined) return { fault: `${names.key} is no private key` }
  if (!certificate.checkPrivateKey(key)) return { fault: `${names.key} is not the key of ${names.cert}` }
  return { pair }
}

const certificatePattern = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** The certificates in a PEM text, each ended by a newline; what is none is left out. */
export function splitCertificates(pem: string): string[] {
  const blocks = pem.match(certificatePattern) ?? []
  return blocks
    .filter(block => attempt(() => new X509Certificate(block)) !== undefined)
    .map(block => `${block}\n`)
}

function textOf(data: SecretData | undefined, name: string): string {
  return Buffer.from(data?.[name] ?? '', 'base64').toString('utf8')
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch {
    return undefined
  }
}
