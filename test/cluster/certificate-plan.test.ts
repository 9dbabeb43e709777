import { beforeAll, describe, expect, it } from 'vitest'
import { createAuthority, createLeaf, type KeyPair } from '../../src/admission/certificates.ts'
import {
  overlapMs,
  planStep,
  type Situation,
  validityFrom,
} from '../../src/cluster/certificates/certificate-plan.ts'

const dayMs = 24 * 3600 * 1000
const minuteMs = 60 * 1000
const lifetimes = { leafLifetimeMs: 90 * dayMs, caLifetimeMs: 1825 * dayMs }
const hosts = ['longhaul.longhaul-system.svc']
const startMs = Date.parse('2026-11-20T12:00:00Z')

let authority: KeyPair
let leaf: KeyPair
/** Made when two thirds of the life of `authority` have passed. */
let next: KeyPair
const announcedMs = startMs + (1825 * dayMs * 2) / 3

beforeAll(async () => {
  authority = await createAuthority('one', validityFrom(startMs, lifetimes.caLifetimeMs))
  leaf = await createLeaf(authority, [hosts[0] ?? ''], validityFrom(startMs, lifetimes.leafLifetimeMs))
  next = await createAuthority('two', validityFrom(announcedMs, lifetimes.caLifetimeMs))
})

function stepAt(nowMs: number, some: Partial<Situation> = {}) {
  return planStep({ bundle: { authority, leaf }, hosts, isPublished: true, lifetimes, nowMs, ...some })
}

async function leafFrom(signer: KeyPair, madeMs: number): Promise<KeyPair> {
  return createLeaf(signer, [hosts[0] ?? ''], validityFrom(madeMs, lifetimes.leafLifetimeMs))
}

describe('a leaf', () => {
  it('is renewed after two thirds of its life', () => {
    expect(stepAt(startMs)).toEqual({ do: 'wait', untilMs: startMs + 60 * dayMs })
    expect(stepAt(startMs + 60 * dayMs - 1)).toMatchObject({ do: 'wait' })
    expect(stepAt(startMs + 60 * dayMs)).toEqual({ do: 'renew-leaf' })
  })

  it('is renewed at once when the webhook is called by another name', () => {
    expect(stepAt(startMs, { hosts: ['other.longhaul-system.svc'] })).toEqual({ do: 'renew-leaf' })
  })
})

describe('what a clock far ahead has made', () => {
  const aheadMs = 61 * dayMs

  it('is replaced at once, since API servers do not take it yet', async () => {
    const future = await leafFrom(authority, startMs + aheadMs)
    expect(stepAt(startMs, { bundle: { authority, leaf: future } })).toEqual({ do: 'renew-leaf' })
    const early = await createAuthority('early', validityFrom(startMs + aheadMs, lifetimes.caLifetimeMs))
    const bundle = { authority: early, leaf: await leafFrom(early, startMs) }
    expect(stepAt(startMs, { bundle })).toEqual({ do: 'announce-authority' })
    const successor = await createAuthority('successor', validityFrom(startMs, lifetimes.caLifetimeMs))
    const announced = { ...bundle, next: successor }
    expect(stepAt(startMs, { bundle: announced })).toEqual({ do: 'switch-authority', next: successor })
  })

  it('stays where clocks differ by five minutes only', async () => {
    const near = await leafFrom(authority, startMs + 5 * minuteMs)
    expect(stepAt(startMs, { bundle: { authority, leaf: near } })).toMatchObject({ do: 'wait' })
  })
})

describe('an authority', () => {
  it('is announced before it signs, after two thirds of the life of the one before', async () => {
    const fresh = await leafFrom(authority, announcedMs - dayMs)
    const bundle = { authority, leaf: fresh }
    expect(stepAt(announcedMs - 1, { bundle })).toEqual({ do: 'wait', untilMs: announcedMs })
    expect(stepAt(announcedMs, { bundle })).toEqual({ do: 'announce-authority' })
  })

  it('takes over when it has been published for the overlap', async () => {
    const bundle = { authority, leaf: await leafFrom(authority, announcedMs - dayMs), next }
    const switchMs = announcedMs + 10 * minuteMs
    expect(overlapMs(lifetimes)).toBe(10 * minuteMs)
    expect(stepAt(switchMs - 1, { bundle })).toEqual({ do: 'wait', untilMs: switchMs })
    expect(stepAt(switchMs, { bundle })).toEqual({ do: 'switch-authority', next })
  })

  it('never takes over before it is published', async () => {
    const bundle = { authority, leaf: await leafFrom(authority, announcedMs - dayMs), next }
    expect(stepAt(announcedMs + 30 * dayMs, { bundle, isPublished: false })).toMatchObject({ do: 'wait' })
  })

  it('takes over without the overlap where the one before has ended: nobody trusts that any more', () => {
    const endMs = startMs + lifetimes.caLifetimeMs
    const late = stepAt(endMs, { bundle: { authority, leaf, next } })
    expect(late).toEqual({ do: 'switch-authority', next })
    // Even where somebody keeps the next one from being published.
    expect(stepAt(endMs, { bundle: { authority, leaf, next }, isPublished: false })).toEqual(late)
  })

  it('stays trusted until the last leaf that it signed has ended', async () => {
    const switchedMs = announcedMs + 10 * minuteMs
    const early = { authority: next, leaf: await leafFrom(next, switchedMs), previous: authority.cert }
    expect(stepAt(switchedMs + 59 * dayMs, { bundle: early })).toMatchObject({ do: 'wait' })
    const renewed = { ...early, leaf: await leafFrom(next, switchedMs + 60 * dayMs) }
    const dropMs = announcedMs + lifetimes.leafLifetimeMs + 10 * minuteMs
    expect(stepAt(dropMs - 1, { bundle: renewed })).toEqual({ do: 'wait', untilMs: dropMs })
    expect(stepAt(dropMs, { bundle: renewed })).toEqual({ do: 'drop-previous' })
  })
})

it('gives certificates that hold for clocks five minutes off', () => {
  const { notBefore, notAfter } = validityFrom(startMs, dayMs)
  expect(notBefore.getTime()).toBe(startMs - 5 * minuteMs)
  expect(notAfter.getTime()).toBe(startMs + dayMs)
})
