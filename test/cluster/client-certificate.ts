/** A client's certificate, as kubelets know the API server by; Longhaul itself makes those of servers only. */

import { generate } from 'selfsigned'
import type { KeyPair, Validity } from '../../src/admission/certificates.ts'

export async function createClient(
  authority: KeyPair,
  user: string,
  group: string,
  { notBefore, notAfter }: Validity,
): Promise<KeyPair> {
  const names = [
    { name: 'commonName', value: user },
    { name: 'organizationName', value: group },
  ]
  const { cert, private: key } = await generate(names, {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: notBefore,
    notAfterDate: notAfter,
    ca: authority,
    extensions: [{ name: 'extKeyUsage', clientAuth: true }],
  })
  return { cert, key }
}
