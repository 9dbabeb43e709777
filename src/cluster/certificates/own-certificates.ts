/**
 * Certificates that Longhaul makes itself: an authority and a leaf, in one Secret. All replicas do the same:
 * what is due is decided from the Secret alone, and of two that write at once the API server refuses the second
 * (HTTP 409), which then finds the work done. So there is no leader, and any replica may be lost.
 */

import type { V1ObjectMeta, V1Secret } from '@kubernetes/client-node'
import { createAuthority, createLeaf, type KeyPair } from '../../admission/certificates.ts'
import { type ClusterClient, fieldManager } from '../client/client.ts'
import { type Lifetimes, overlapMs, planStep, type Step, validityFrom } from './certificate-plan.ts'
import {
  type CertificateAction,
  type CertificateEvents,
  type CertificateSource,
  type Reconciled,
  readSecret,
  type SecretName,
} from './certificate-source.ts'
import type { Publisher } from './publisher.ts'
import { createSince, haveSettled, settleMs } from './since.ts'
import { type ReadBundle, readBundle, splitCertificates, type TlsBundle, writeBundle } from './tls-bundle.ts'

export interface OwnCertificatesOptions {
  core: ClusterClient['core']
  secret: SecretName
  /** The host names under which the API server calls. */
  hosts: readonly [string, ...string[]]
  lifetimes: Lifetimes
  publisher: Publisher
  events: CertificateEvents
}

const never = Number.POSITIVE_INFINITY

/** How often a replica that starts looks again whether another one restores what the Secret held. */
const patientTries = 4

export function ownCertificates(options: OwnCertificatesOptions): CertificateSource {
  const { core, secret, hosts, lifetimes, publisher, events } = options
  /** What the Secret last held that was sound. */
  let known: TlsBundle | undefined
  /** What others rely on to recognise the Secret, such as Helm: a new one gets it as well. */
  let marks: Marks = {}
  let tries = 0
  const publishedSince = createSince()

  const look = async (): Promise<{ found: V1Secret | undefined; read: ReadBundle }> => {
    const found = await readSecret(core, secret)
    if (found !== undefined) marks = marksOf(found)
    return { found, read: readBundle(found?.data) }
  }

  const write = async (bundle: TlsBundle, old: V1Secret | undefined, action: CertificateAction) => {
    const data = writeBundle(bundle, old?.data)
    if (old === undefined) await createSecret(core, secret, data, marks)
    else await replaceSecret(core, secret, data, old)
    events.done(action, { secret: secret.name })
  }

  const replaceLost = async (old: V1Secret | undefined, fault: string, nowMs: number) => {
    const published = await publisher.read()
    if (old === undefined && published === undefined) {
      throw new Error(`Secret ${secret.name} is gone, as the webhook configurations are: it stays so`)
    }
    if (known !== undefined) return write(known, old, 'restore')
    // Whoever served before is trusted still, and may be about to restore what it knows.
    const previous = published?.join('') ?? ''
    if (previous !== '' && tries++ < patientTries) throw new Error(`Secret ${secret.name}: ${fault}`)
    const authority = await makeAuthority(lifetimes, nowMs)
    const leaf = await makeLeaf(authority, options, nowMs)
    return write({ authority, leaf, ...(previous === '' ? {} : { previous }) }, old, 'create')
  }

  const reconcile = async (nowMs: number): Promise<Reconciled> => {
    let { found, read } = await look()
    if ('fault' in read) {
      await replaceLost(found, read.fault, nowMs)
      ;({ found, read } = await look())
    }
    // Somebody empties it as soon as it is written: that is no reason to write all the time.
    if ('fault' in read) throw new Error(`Secret ${secret.name}, which was just written: ${read.fault}`)
    const { bundle } = read
    known = bundle
    const { leaf, authority } = bundle
    const isPublished = await publisher.publish(authoritiesOf(bundle), nowMs)
    const since = publishedSince.update(isPublished ? authoritiesOf(bundle) : [], nowMs)
    const isKnown = isPublished && haveSettled(since, nowMs, Math.min(settleMs, overlapMs(lifetimes)))
    const step = planStep({ bundle, hosts, isPublished: isKnown, lifetimes, nowMs })
    const untilMs = step.do === 'wait' ? Math.min(step.untilMs, isKnown ? never : nowMs + settleMs) : nowMs
    if (step.do !== 'wait') await write(await take(step, bundle, options, nowMs), found, step.do)
    return { leaf, authority: authority.cert, isTrusted: isPublished, untilMs }
  }
  return { reconcile }
}

/** A bundle in which a step has been taken. */
async function take(
  step: Exclude<Step, { do: 'wait' }>,
  bundle: TlsBundle,
  options: OwnCertificatesOptions,
  nowMs: number,
): Promise<TlsBundle> {
  const { authority, leaf, next, previous } = bundle
  switch (step.do) {
    case 'renew-leaf':
      return { ...bundle, leaf: await makeLeaf(authority, options, nowMs) }
    case 'announce-authority':
      return { ...bundle, next: await makeAuthority(options.lifetimes, nowMs) }
    case 'switch-authority':
      return {
        authority: step.next,
        leaf: await makeLeaf(step.next, options, nowMs),
        previous: authority.cert + (previous ?? ''),
      }
    case 'drop-previous':
      return { authority, leaf, ...(next === undefined ? {} : { next }) }
  }
}

/** Each under a name of its own: OpenSSL looks authorities up by name, and takes the first that it finds. */
function makeAuthority({ caLifetimeMs }: Lifetimes, nowMs: number): Promise<KeyPair> {
  return createAuthority(`Longhaul CA ${new Date(nowMs).toISOString()}`, validityFrom(nowMs, caLifetimeMs))
}

function makeLeaf(authority: KeyPair, { hosts, lifetimes }: OwnCertificatesOptions, nowMs: number) {
  return createLeaf(authority, hosts, validityFrom(nowMs, lifetimes.leafLifetimeMs))
}

function authoritiesOf({ authority, next, previous }: TlsBundle): string[] {
  return splitCertificates([authority.cert, next?.cert, previous].join('\n'))
}

type Data = Readonly<Record<string, string>>
type Marks = Pick<V1ObjectMeta, 'labels' | 'annotations'>

function marksOf({ metadata }: V1Secret): Marks {
  const { labels, annotations } = metadata ?? {}
  return { ...(labels && { labels }), ...(annotations && { annotations }) }
}

/** Rejects with 409 where someone else wrote first; so does replaceSecret. */
async function createSecret(
  core: ClusterClient['core'],
  { namespace, name }: SecretName,
  data: Data,
  marks: Marks,
): Promise<void> {
  const body = { metadata: { ...marks, name }, type: 'Opaque', data }
  await core.createNamespacedSecret({ namespace, body, fieldManager })
}

async function replaceSecret(
  core: ClusterClient['core'],
  { namespace, name }: SecretName,
  data: Data,
  old: V1Secret,
): Promise<void> {
  // The resourceVersion of `old` goes with it.
  await core.replaceNamespacedSecret({ namespace, name, body: { ...old, data }, fieldManager })
}
