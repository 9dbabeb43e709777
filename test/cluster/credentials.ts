/** Who the parts of a control plane are to each other: certificates, keys and tokens, as files in its folder. */

import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAuthority, createLeaf } from '../../src/admission/certificates.ts'
import { createClient } from './client-certificate.ts'

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
  /** That of the user from `MoreCredentials` with this name. */
  tokenOf(user: string): string
  /** The API server's own certificate as a client of kubelets. */
  clientCertFile: string
  clientKeyFile: string
}

/** What a control plane with nodes needs besides. */
export interface MoreCredentials {
  /** Other names and addresses of the API server. */
  hosts?: readonly string[]
  /** Users that the API server's own roles know, each with its group, if it needs one. */
  users?: readonly { name: string; group?: string }[]
  validHours?: number
}

const hosts = ['localhost', '127.0.0.1', 'kubernetes.default.svc'] as const
const hourMs = 3_600_000

export async function createCredentials(folder: string, more: MoreCredentials = {}): Promise<Credentials> {
  const write = (name: string, content: string): string => {
    const file = join(folder, name)
    writeFileSync(file, content, { mode: 0o600 })
    return file
  }
  const validHours = more.validHours ?? 24
  const validity = {
    notBefore: new Date(Date.now() - hourMs),
    notAfter: new Date(Date.now() + validHours * hourMs),
  }
  const authority = await createAuthority('Control plane CA', validity)
  const leaf = await createLeaf(authority, [...hosts, ...(more.hosts ?? [])], validity)
  const client = await createClient(authority, 'kube-apiserver', 'system:masters', validity)
  const accountKey = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const adminToken = randomBytes(16).toString('hex')
  const controllersToken = randomBytes(16).toString('hex')
  const users = (more.users ?? []).map(user => ({ ...user, token: randomBytes(16).toString('hex') }))
  const tokens = [
    `${adminToken},admin,admin,system:masters`,
    // A user that the API server's own roles know.
    `${controllersToken},system:kube-controller-manager,controllers`,
    ...users.map(({ token, name, group }) => `${token},${name},${name}${group ? `,${group}` : ''}`),
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
    tokenOf(user) {
      const token = users.find(({ name }) => name === user)?.token
      if (token === undefined) throw new Error(`there is no user ${user}`)
      return token
    },
    clientCertFile: write('client.crt', client.cert),
    clientKeyFile: write('client.key', client.key),
  }
}
