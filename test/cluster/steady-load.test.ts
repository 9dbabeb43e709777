/** What an administrator does and what fails, while pods are made all the time: nobody must notice. */

import { setTimeout as delay } from 'node:timers/promises'
import { CoreV1Api } from '@kubernetes/client-node'
import { expect, test } from 'vitest'
import { expiryMs } from '../../src/cluster/certificates/certificate-plan.ts'
import { readBundle, type TlsBundle } from '../../src/cluster/certificates/tls-bundle.ts'
import { missingForControlPlane } from './binaries.ts'
import { startControlPlane } from './control-plane.ts'
import { type Installation, install } from './installation.ts'
import { type Creation, startPodLoad } from './pod-load.ts'
import { namespace } from './release.ts'
import type { Replica } from './replica.ts'
import { startTrustProbe } from './trust-probe.ts'

const missing = missingForControlPlane('kubectl', 'helm')
const perSecond = 50
/** The shortest lifetimes that can be configured: a leaf is renewed after 20 s, a CA replaced after 60 s. */
const certs = 'certs: {leafLifetime: 30s, caLifetime: 90s}'
const shutdown = 'shutdown: {settle: 1s, timeout: 10s}'
/** The longest there is: on a busy machine an answer takes more than the usual 2 s, and nobody was to blame. */
const webhook = 'webhook: {timeoutSeconds: 30}'
const values = (config: string) => `{${certs}, ${webhook}, config: {${config}}}`
/** How long endpoints take to forget a pod that is deleted, and one that has died. */
const endpointsMs = { deleted: 300, dead: 1000 }

test.skipIf(missing)(
  `pods are made, up to ${perSecond} a second, whatever happens`,
  { timeout: 240_000 },
  async () => {
    await using controlPlane = await startControlPlane()
    await using installation = await install(controlPlane, values(shutdown))
    const core = controlPlane.admin.config.makeApiClient(CoreV1Api)
    await core.createNamespace({
      body: { metadata: { name: 'busy', labels: { 'longhaul.dev/inject': 'true' } } },
    })
    const account = () =>
      core.readNamespacedServiceAccount({ namespace: 'busy', name: 'default' }).catch(() => null)
    await expect.poll(account, { timeout: 10_000 }).not.toBeNull()

    const probe = startTrustProbe(controlPlane, installation)
    const load = await startPodLoad(controlPlane.admin, 'busy', perSecond)
    const first = await bundleNow(core)

    const reloadedMs = await reloadConfig(installation)
    const killed = await killOne(installation)
    await rollingRestart(installation)
    const restarted = await during(() => controlPlane.restartApiServer())
    await expect.poll(() => bundleNow(core), patience).not.toMatchObject({ leaf: first.leaf })
    await expect.poll(() => bundleNow(core), patience).toHaveProperty('next')
    const { next, authority } = await bundleNow(core)
    await expect
      .poll(() => bundleNow(core), patience)
      .toMatchObject({ authority: next, previous: authority.cert })
    await expect.poll(() => bundleNow(core), patience).not.toHaveProperty('previous')
    const replacedMs = performance.now()
    const isMutatedSince = (each: Creation) => each.outcome === 'mutated' && each.startedMs > replacedMs
    await expect.poll(() => load.creations().some(isMutatedSince), patience).toBe(true)
    await Promise.all([load.stop(), probe.stop()])

    const creations = load.creations()
    const at = (outcome: Creation['outcome']) => creations.filter(each => each.outcome === outcome)
    process.stdout.write(`${summary(creations)}; ${probe.count()} fresh TLS connections trusted\n`)
    expect(at('refused')).toEqual([])
    expect(at('unreachable').filter(each => !overlaps(each, restarted))).toEqual([])
    // The Service still leads to the dead replica, which an API server learns by a refused connection; one that is
    // not ready yet may not know of the Service.
    const excused = (each: Creation) => overlaps(each, killed) || overlaps(each, restarted)
    expect(
      at('unchanged')
        .filter(each => !excused(each))
        .map(each => each.startedMs),
    ).toEqual([])
    expect(probe.failures()).toEqual([])
    const late = at('mutated').filter(({ startedMs }) => startedMs > reloadedMs)
    expect(new Set(late.map(idleOf))).toEqual(new Set(['idle=45']))
    for (const replica of installation.replicas) {
      expect(
        await replica.metric('longhaul_certificate_actions_total{action="serve",result="done"}'),
      ).toBeGreaterThan(1)
      expect(expiryMs(first.leaf.cert)).toBeLessThan(
        1000 * (await replica.metric('longhaul_certificate_expiry_timestamp_seconds{certificate="leaf"}')),
      )
    }
  },
)

const patience = { timeout: 120_000, interval: 500 }

interface Span {
  startMs: number
  endMs: number
}

async function during(action: () => Promise<unknown>): Promise<Span> {
  const startMs = performance.now()
  await action()
  return { startMs, endMs: performance.now() }
}

function overlaps({ startedMs, endedMs }: Creation, { startMs, endMs }: Span): boolean {
  return startedMs <= endMs && endedMs >= startMs
}

async function bundleNow(core: CoreV1Api): Promise<TlsBundle> {
  const { data } = await core.readNamespacedSecret({ namespace, name: 'longhaul-tls' })
  const read = readBundle(data)
  if ('fault' in read) throw new Error(read.fault)
  return read.bundle
}

/** Gives the time from which every pod has the new value. */
async function reloadConfig(installation: Installation): Promise<number> {
  await installation.upgrade(values(`${shutdown}, defaults: {keepalive-idle: 45s}`))
  return performance.now()
}

/** Gives the time during which the Service led to a dead replica. */
async function killOne(installation: Installation): Promise<Span> {
  const [victim] = installation.replicas as [Replica]
  const span = await during(async () => {
    await victim.end('SIGKILL')
    await delay(endpointsMs.dead)
    installation.remove(victim)
  })
  await installation.add()
  return span
}

/** As a Deployment with maxUnavailable 0 does it: a new replica is ready before an old one has to go. */
async function rollingRestart(installation: Installation): Promise<void> {
  for (const old of [...installation.replicas]) {
    await installation.add()
    // The preStop hook sleeps meanwhile.
    await delay(endpointsMs.deleted)
    installation.remove(old)
    expect(await old.end('SIGTERM')).toBe(0)
  }
}

function idleOf({ pod }: Creation): string | undefined {
  const variables = pod?.spec?.containers[0]?.env ?? []
  return variables.find(({ name }) => name === 'LONGHAUL_KEEPALIVE')?.value?.split(',')[0]
}

function summary(creations: readonly Creation[]): string {
  const counts = Object.groupBy(creations, ({ outcome }) => outcome)
  return Object.entries(counts)
    .map(([outcome, some]) => `${some.length} ${outcome}`)
    .join(', ')
}
