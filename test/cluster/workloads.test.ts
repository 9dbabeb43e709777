/** What the cluster's own controllers make of workloads, with two replicas of the webhook installed. */

import { CoreV1Api } from '@kubernetes/client-node'
import { beforeEach, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { apply, podsIn, runAllWorkloads } from './all-workloads.ts'
import { countCalls } from './calls.ts'
import { kubectl } from './kubectl.ts'
import { createNamespace, idleOf, inject, isMutated, probed, tryPod } from './pods.ts'
import { namespace, release, releaseOn } from './release.ts'
import { useControlPlane, useInstallation } from './suite.ts'
import { type Parts, type WorkloadKind, workload, workloadKinds } from './workload.ts'

const waiting = { timeout: 20_000, interval: 100 }
const withProfile = { 'longhaul.dev/profile': 'http' }
const audit = { 'longhaul.dev/inject': 'audit' }
const typo = { 'longhaul.dev/keepalive-idle': '60x' }
const typoText =
  'longhaul.dev/keepalive-idle: "60x" on the pod is not a duration; write 60s. Using 60s from the defaults.'

describe('in a cluster', () => {
  const controlPlane = useControlPlane()
  const installation = useInstallation(controlPlane)

  const workloadIn = (where: string, kind: WorkloadKind, { own, ...parts }: Parts = {}) =>
    workload(kind, { ...parts, own: { ...own, namespace: where } })

  describe('pods of every kind of workload', () => {
    beforeEach(async () => {
      // DaemonSets make pods for it, though no kubelet takes them.
      const core = controlPlane().admin.config.makeApiClient(CoreV1Api)
      await core.createNode({ body: { metadata: { name: 'one' } } }).catch(() => {})
    })

    const annotation = { 'longhaul.dev/keepalive-idle': '40s' }
    test.each([
      ['annotated', {}, annotation, 'idle=40'],
      ['labelled', { ...inject, 'longhaul.dev/keepalive-idle': '20s' }, {}, 'idle=20'],
      ['both', { ...inject, 'longhaul.dev/keepalive-idle': '20s' }, annotation, 'idle=40'],
    ])('are changed: %s', async (where, labels, annotations, idle) => {
      await createNamespace(controlPlane(), where, labels)
      const pods = await runAllWorkloads(controlPlane(), where, annotations)
      expect(pods.map(isMutated)).toEqual(pods.map(() => true))
      expect(pods.map(idleOf)).toEqual(pods.map(() => idle))
    })

    test.each([
      ['opted-out', inject, { ...withProfile, 'longhaul.dev/inject': 'false' }],
      ['refusing', { 'longhaul.dev/inject': 'false' }, withProfile],
    ])('are left alone: %s', async (where, labels, annotations) => {
      const skipped = 'longhaul_admissions_total{webhook="mutate",outcome="skipped",reason="opted-out"}'
      const before = await installation().metric(skipped)
      await createNamespace(controlPlane(), where, labels)
      const pods = await runAllWorkloads(controlPlane(), where, annotations)
      expect(pods.filter(isMutated)).toEqual([])
      expect((await installation().metric(skipped)) - before).toBe(pods.length)
    })

    test('are left alone in an audit, and counted', async () => {
      const audited = 'longhaul_admissions_total{webhook="mutate",outcome="audited",reason="audit-only"}'
      const before = await installation().metric(audited)
      await createNamespace(controlPlane(), 'audited', audit)
      const pods = await runAllWorkloads(controlPlane(), 'audited', {}, /^Warning: longhaul: would set /)
      const texts = pods.map(({ metadata, spec }) => JSON.stringify([metadata?.annotations, spec]))
      expect(texts.filter(text => text.includes('longhaul'))).toEqual([])
      expect((await installation().metric(audited)) - before).toBe(pods.length)
    })

    test('of Jobs keep their grace period where the namespace asks for a drain', async () => {
      await createNamespace(controlPlane(), 'slow', { ...inject, 'longhaul.dev/profile': 'slow-http' })
      const pods = await runAllWorkloads(controlPlane(), 'slow')
      const seconds = (isOfJob: boolean) =>
        pods
          .filter(({ metadata }) => (metadata?.ownerReferences?.[0]?.kind === 'Job') === isOfJob)
          .map(each => each.spec?.terminationGracePeriodSeconds)
      expect(new Set(seconds(true))).toEqual(new Set([30]))
      expect(new Set(seconds(false))).toEqual(new Set([30 + 10 + 15 * 60]))
      expect(pods.map(isMutated)).toEqual(pods.map(() => true))
    })

    test('are nothing that the webhook is asked about where nothing concerns it', async () => {
      await createNamespace(controlPlane(), 'unconcerned', withProfile)
      const count = () => countCalls(controlPlane(), installation())
      const first = await count()
      await tryPod(controlPlane(), probed)
      const before = await count()
      // Both see a pod that does concern it.
      expect(before.own).toBeGreaterThan(first.own)
      expect(before.apiServers - first.apiServers).toBe(before.own - first.own)
      expect((await runAllWorkloads(controlPlane(), 'unconcerned')).filter(isMutated)).toEqual([])
      for (const where of ['kube-system', namespace]) {
        const template = { annotations: withProfile }
        await apply(controlPlane(), [workloadIn(where, 'Deployment', { template })])
        const made = async () =>
          (await podsIn(controlPlane(), where)).filter(({ metadata }) => metadata?.name?.startsWith('one-'))
        await expect.poll(async () => (await made()).length, waiting).toBe(1)
        expect((await made()).filter(isMutated)).toEqual([])
      }
      expect(await count()).toEqual(before)
    })

    test("take a pod's word over its namespace's", async () => {
      await createNamespace(controlPlane(), 'unwilling', { 'longhaul.dev/inject': 'false' })
      expect(isMutated(await tryPod(controlPlane(), 'unwilling', inject))).toBe(true)
      expect(isMutated(await tryPod(controlPlane(), 'unwilling'))).toBe(false)
    })
  })

  describe('kubectl', () => {
    const template = { annotations: typo }
    const where = 'at-kubectl'

    beforeEach(() => createNamespace(controlPlane(), where))

    test('shows by a dry run what a pod would become, and makes none', async () => {
      const metadata = {
        name: 'alone',
        namespace: where,
        annotations: { 'longhaul.dev/profile': 'websocket' },
      }
      const spec = { containers: [{ name: 'app', image: 'example.com/app' }] }
      const object = { apiVersion: 'v1', kind: 'Pod', metadata, spec }
      const { stdout, stderr } = await apply(controlPlane(), [object], '--dry-run=server', '--output=yaml')
      expect(stderr).toBe('')
      expect(stdout).toContain('longhaul.dev/status: ')
      expect(stdout).toContain('value: /opt/longhaul/libkeepalive.so')
      expect(stdout).toContain('- drain')
      expect(await podsIn(controlPlane(), where)).toEqual([])
    })

    test('says of a pod what would be set where the namespace asks for an audit', async () => {
      await createNamespace(controlPlane(), 'audited-alone', audit)
      const metadata = { name: 'alone', namespace: 'audited-alone' }
      const spec = { containers: [{ name: 'app', image: 'example.com/app' }] }
      const object = { apiVersion: 'v1', kind: 'Pod', metadata, spec }
      const { status, stdout, stderr } = await apply(controlPlane(), [object])
      expect({ status, stdout }).toEqual({ status: 0, stdout: 'pod/alone created\n' })
      expect(stderr).toContain('Warning: longhaul: would set pre-stop: sleep 5s, on app\n')
      expect(stderr).toContain('Warning: longhaul: would set grace-period: 30s to 35s\n')
    })

    test.each(workloadKinds)('applies a %s with a mistake, and shows a warning', async kind => {
      const object = workloadIn(where, kind, { template })
      const { status, stdout, stderr } = await apply(controlPlane(), [object])
      expect({ status, stderr }).toEqual({ status: 0, stderr: `Warning: ${typoText}\n` })
      expect(stdout).toMatch(/\/one created\n$/)
    })

    test('warns of a setting that stands on the workload, where no pod gets it from', async () => {
      const own = { name: 'misplaced', annotations: withProfile }
      const { stderr } = await apply(controlPlane(), [workloadIn(where, 'Deployment', { own })])
      expect(stderr).toBe(
        'Warning: longhaul.dev/profile: "http" on the Deployment does not reach its pods; ' +
          "move it to the template's annotations.\n",
      )
    })

    test.each([
      ['annotations', "the jobTemplate does not reach its pods; move it to the template's annotations"],
      ['labels', 'a label of the jobTemplate does not reach its pods; annotate the template'],
    ])('warns of a setting among the %s of the template of Jobs', async (field, text) => {
      const parts = { own: { name: `misplaced-${field}` }, jobs: { [field]: withProfile } }
      const { stderr } = await apply(controlPlane(), [workloadIn(where, 'CronJob', parts)])
      expect(stderr).toBe(`Warning: longhaul.dev/profile: "http" on ${text}.\n`)
    })

    test("diff shows no change of a live Deployment, nor Longhaul's; and a mistake before it is made", async () => {
      const deployment = (annotations: Record<string, string>) =>
        workloadIn(where, 'Deployment', { template: { annotations }, own: { name: 'live' } })
      const difference = (annotations: Record<string, string>) =>
        kubectl(controlPlane().admin, ['diff', '--filename=-'], stringify(deployment(annotations)))
      await apply(controlPlane(), [deployment(withProfile)])
      expect(await difference(withProfile)).toEqual({ status: 0, stdout: '', stderr: '' })
      const { status, stdout, stderr } = await difference({ ...withProfile, ...typo })
      expect({ status, stderr }).toEqual({ status: 1, stderr: `Warning: ${typoText}\n` })
      const added = stdout.split('\n').filter(line => /^\+ /.test(line) && !line.includes('generation'))
      expect(added.map(line => line.slice(1).trim())).toEqual(['longhaul.dev/keepalive-idle: 60x'])
    })
  })

  describe('namespaces', () => {
    test('are known by the time of their first pod', async () => {
      for (const seconds of Array.from({ length: 20 }, (_, index) => 100 + index)) {
        const where = `new-${seconds}`
        const labels = { ...inject, 'longhaul.dev/keepalive-idle': `${seconds}s` }
        await createNamespace(controlPlane(), where, labels)
        expect(idleOf(await tryPod(controlPlane(), where))).toBe(`idle=${seconds}`)
      }
    })

    test('have a say on later pods when their labels change', async () => {
      await createNamespace(controlPlane(), 'changing')
      const idle = async () => idleOf(await tryPod(controlPlane(), 'changing'))
      const label = async (...labels: readonly string[]) => {
        const args = ['label', 'namespace', 'changing', '--overwrite', ...labels]
        expect(await kubectl(controlPlane().admin, args)).toMatchObject({ status: 0 })
      }
      expect(await idle()).toBeUndefined()
      await label('longhaul.dev/inject=true', 'longhaul.dev/keepalive-idle=17s')
      await expect.poll(idle, waiting).toBe('idle=17')
      await label('longhaul.dev/keepalive-idle=23s')
      await expect.poll(idle, waiting).toBe('idle=23')
      await label('longhaul.dev/inject-')
      await expect.poll(idle, waiting).toBeUndefined()
    })
  })

  // From here on each test leaves the installation other than it was.

  test('strict, pods with a mistake are denied with its text', async () => {
    const denial = `Longhaul denies this pod (strict): ${typoText}`
    await installation().upgrade('{config: {strict: true}}')
    await createNamespace(controlPlane(), 'strict')
    await expect(tryPod(controlPlane(), 'strict', typo)).rejects.toMatchObject({
      body: expect.stringContaining(JSON.stringify(denial).slice(1, -1)),
    })
    await apply(controlPlane(), [workloadIn('strict', 'Deployment', { template: { annotations: typo } })])
    const failure = async () => {
      const column = '--output=jsonpath={.items[*].status.conditions[?(@.type=="ReplicaFailure")].message}'
      return (await kubectl(controlPlane().admin, ['get', 'replicasets', '-n=strict', column])).stdout
    }
    await expect.poll(failure, waiting).toContain(denial)
    expect(await podsIn(controlPlane(), 'strict')).toEqual([])
    expect(isMutated(await tryPod(controlPlane(), 'strict', inject))).toBe(true)
  })

  test('without any webhook, pods are made unchanged', async () => {
    await createNamespace(controlPlane(), 'abandoned', inject)
    await Promise.all(installation().replicas.map(replica => replica.end('SIGKILL')))
    const pods = await runAllWorkloads(controlPlane(), 'abandoned', withProfile)
    expect(pods.filter(isMutated)).toEqual([])
  })

  test("with failurePolicy Fail, Longhaul's own pods start all the same", async () => {
    releaseOn(controlPlane()).upgrade('{webhook: {failurePolicy: Fail}}')
    const refusal = () => tryPod(controlPlane(), 'abandoned').then(() => '', String)
    await expect.poll(refusal, waiting).toContain('failed calling webhook')
    const own = async () => {
      const pods = await podsIn(controlPlane(), namespace)
      return pods
        .filter(({ metadata }) => metadata?.labels?.['app.kubernetes.io/instance'] === release)
        .map(({ metadata }) => metadata?.uid)
    }
    const before = await own()
    expect(before).toHaveLength(2)
    const selector = `--selector=app.kubernetes.io/instance=${release}`
    await kubectl(controlPlane().admin, ['delete', 'pods', `-n=${namespace}`, selector])
    await expect.poll(async () => (await own()).filter(uid => !before.includes(uid)), waiting).toHaveLength(2)
  })
})
