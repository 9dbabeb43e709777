/** Certificates that clients show. */

import { generate } from 'selfsigned'
import { createAuthority, type KeyPair, type Validity } from '../../src/admission/certificates.ts'

const hourMs = 3_600_000
export const now: Validity = {
  notBefore: new Date(Date.now() - hourMs),
  notAfter: new Date(Date.now() + hourMs),
}
const past: Validity = {
  notBefore: new Date(Date.now() - 2 * hourMs),
  notAfter: new Date(Date.now() - hourMs),
}

/** The CA of the clients that are to be answered. */
export const clientAuthority = await createAuthority('Clients CA', now)
/** Another of the same name. */
export const otherAuthority = await createAuthority('Clients CA', now)

export const client = await createClient(clientAuthority, now)
export const otherClient = await createClient(otherAuthority, now)
export const expiredClient = await createClient(clientAuthority, past)

/** The certificate of a client, signed by an authority. */
async function createClient(authority: KeyPair, { notBefore, notAfter }: Validity): Promise<KeyPair> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: notBefore,
    notAfterDate: notAfter,
    ca: authority,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', clientAuth: true },
    ],
  })
  return { cert, key }
}
