import { beforeAll, describe, expect, it } from 'vitest'
import { createAuthority, createLeaf } from '../../src/admission/certificates.ts'
import { validityFrom } from '../../src/cluster/certificates/certificate-plan.ts'
import {
  readAuthorities,
  readBundle,
  readLeaf,
  splitCertificates,
  type TlsBundle,
  writeBundle,
} from '../../src/cluster/certificates/tls-bundle.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const validity = validityFrom(Date.now(), 3_600_000)

let bundle: Required<TlsBundle>
let stranger: TlsBundle

beforeAll(async () => {
  const [one, two, three] = await Promise.all(['1', '2', '3'].map(name => createAuthority(name, validity)))
  if (one === undefined || two === undefined || three === undefined) throw new Error('no authorities')
  bundle = {
    authority: one,
    leaf: await createLeaf(one, ['a.b.svc'], validity),
    next: two,
    previous: splitCertificates(three.cert).join(''),
  }
  stranger = { authority: two, leaf: await createLeaf(two, ['a.b.svc'], validity) }
})

it.each([
  ['with all', () => bundle],
  [
    'without what only a change of authorities needs',
    () => ({ authority: bundle.authority, leaf: bundle.leaf }),
  ],
])('reads what it wrote, %s', (_, made) => {
  expect(readBundle(writeBundle(made()))).toEqual({ bundle: made() })
})

it('leaves what others put into the Secret, and takes out what is its own and no longer holds', () => {
  const { authority, leaf } = bundle
  const written = writeBundle({ authority, leaf }, { ...writeBundle(bundle), mine: 'AAAA' })
  expect(written).toEqual({ ...writeBundle({ authority, leaf }), mine: 'AAAA' })
})

describe('a Secret that is not sound', () => {
  it.each([
    ['is empty', () => undefined, 'ca.crt is missing'],
    ['has lost a key', { 'tls.key': '' }, 'tls.key is missing'],
    ['holds rubbish', { 'tls.crt': base64('rubbish') }, 'tls.crt is no certificate'],
    ['holds what is no base64', { 'ca.key': '*' }, 'ca.key is missing'],
    ['holds a broken key', { 'ca.key': base64('rubbish') }, 'ca.key is no private key'],
    [
      'holds the key of another',
      () => ({ 'tls.key': base64(stranger.leaf.key) }),
      'tls.key is not the key of tls.crt',
    ],
    [
      'holds the leaf of another authority',
      () => ({ 'tls.crt': base64(stranger.leaf.cert), 'tls.key': base64(stranger.leaf.key) }),
      'tls.crt is not signed by ca.crt',
    ],
  ])('that %s is found out', (_, change, fault) => {
    const changed = typeof change === 'function' ? change() : change
    const data = changed === undefined ? undefined : { ...writeBundle(bundle), ...changed }
    expect(readBundle(data)).toEqual({ fault })
  })

  it('loses only what is broken, where that is not needed now', () => {
    const data = { ...writeBundle(bundle), 'next-ca.key': '', 'previous-ca.crt': base64('rubbish') }
    expect(readBundle(data)).toEqual({ bundle: { authority: bundle.authority, leaf: bundle.leaf } })
  })
})

it('reads what others wrote', () => {
  const { leaf, authority, previous } = bundle
  const data = {
    'tls.crt': base64(leaf.cert),
    'tls.key': base64(leaf.key),
    'ca.crt': base64(`# ours\n${authority.cert}${previous}`),
  }
  expect(readLeaf(data)).toEqual({ pair: leaf })
  expect(readAuthorities(data)).toEqual(splitCertificates(authority.cert + previous))
  expect(readAuthorities(data)).toHaveLength(2)
  expect(readAuthorities({})).toEqual([])
})
