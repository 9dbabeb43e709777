/** Who the parts of a control plane are to each other: certificates, keys and tokens, as files in its folder. */

import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAuthority, createLeaf } from '../../src/admission/certificates.ts'

export interface Credentials {
  /** The API server's CA, as PEM. */
  ca: string
  caFile: string
  certFile: string
  keyFile: string
  /** Tokens of service accounts are signed with the private key, and verified with the public one. */
  accountKeyFile: string
  accountPublicKeyFile: string
  /** The tokens below, as kube-apiserver reads them. */
  tokensFile: string
  adminToken: string
  controllersToken: string
}

const hosts = ['localhost', '127.0.0.1', 'kubernetes.default.svc'] as const
const hourMs = 3_600_000

export async function createCredentials(folder: string): Promise<Credentials> {
  const write = (name: string, content: string): string => {
    const file = join(folder, name)
    writeFileSync(file, content, { mode: 0o600 })
    return file
  }
  const validity = { notBefore: new Date(Date.now() - hourMs), notAfter: new Date(Date.now() + 24 * hourMs) }
  const authority = await createAuthority('Control plane CA', validity)
  const leaf = await createLeaf(authority, hosts, validity)
  const accountKey = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const adminToken = randomBytes(16).toString('hex')
  const controllersToken = randomBytes(16).toString('hex')
  const tokens = [
    `${adminToken},admin,admin,system:masters`,
    // A user that the API server's own roles know.
    `${controllersToken},system:kube-controller-manager,controllers`,
  ]
  return {
    ca: authority.cert,
    caFile: write('ca.crt', authority.cert),
    certFile: write('server.crt', leaf.cert),
    keyFile: write('server.key', leaf.key),
    accountKeyFile: write('accounts.key', accountKey.privateKey),
    accountPublicKeyFile: write('accounts.pub', accountKey.publicKey),
    tokensFile: write('tokens.csv', `${tokens.join('\n')}\n`),
    adminToken,
    controllersToken,
  }
}
