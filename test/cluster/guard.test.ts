/** The guard against forced deletion, as the API server judges: who may end a pod at once, which pods, and how. */

import {
  AdmissionregistrationV1Api,
  CoreV1Api,
  type V1DeleteOptions,
  type V1Pod,
} from '@kubernetes/client-node'
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { isAtLeast } from '../../src/policy/kubernetes-version.ts'
import { missingForControlPlane } from './binaries.ts'
import { force, type Guard, type Guarded, ignoreForbidden, installGuard } from './guarded.ts'
import { releaseOn } from './release.ts'
import { useControlPlane } from './suite.ts'
import { versionOf } from './version.ts'

const missing = missingForControlPlane('kubectl', 'helm')
const policy = { name: 'longhaul-guard' }
const waiting = { timeout: 20_000 }
const allowed = { metadata: { annotations: { 'longhaul.dev/force-delete': 'allow' } } }
const atOnce = { gracePeriodSeconds: 0 }
const asMaster = (name: string, ...groups: readonly string[]) => [
  `--as=${name}`,
  ...['system:masters', ...groups].map(group => `--as-group=${group}`),
]

interface Deletion {
  what: string
  pod?: Partial<V1Pod>
  flags: readonly string[]
}

/** Deletions that pass by one of the policy's conditions, and would not without it. */
const passing: Readonly<Record<string, readonly Deletion[]>> = {
  'at-once': [
    { what: 'an ordinary one', flags: [] },
    { what: 'one with --now', flags: ['--now'] },
    { what: 'a grace period of 0 without --force', flags: ['--grace-period=0'] },
  ],
  'not-by-a-kubelet': [
    { what: "a kubelet's", flags: ['--force', ...asMaster('system:node:node-1', 'system:nodes')] },
  ],
  'not-by-the-garbage-collector': [
    {
      what: "the pod garbage collector's",
      flags: ['--force', ...asMaster('system:serviceaccount:kube-system:pod-garbage-collector')],
    },
    {
      what: 'that of controllers under one name',
      flags: ['--force', ...asMaster('system:kube-controller-manager')],
    },
  ],
  'has-a-node': [
    { what: 'of a pod without a node', pod: { spec: { nodeName: '', containers: [] } }, flags: ['--force'] },
  ],
  'has-not-ended': [
    { what: 'of a pod that has succeeded', pod: { status: { phase: 'Succeeded' } }, flags: ['--force'] },
    { what: 'of a pod that has failed', pod: { status: { phase: 'Failed' } }, flags: [] },
  ],
  'has-a-grace-period': [
    {
      what: 'of a pod whose own grace period is 0',
      pod: { spec: { terminationGracePeriodSeconds: 0, containers: [] } },
      flags: [],
    },
  ],
  'is-not-allowed': [{ what: 'of an annotated pod', pod: allowed, flags: ['--force'] }],
}

/** What kubectl itself says of --force. */
const ofForce =
  'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n'

const ofDeletion = (namespace: Guarded, name: string) =>
  "A forced deletion cuts the pod's connections without a drain, and frees its name while it may still run on node-1. " +
  'Delete it without --force, and wait for its end. If node-1 is powered off, this frees all of its pods: ' +
  'kubectl taint node node-1 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute. ' +
  `A pod that is annotated passes: kubectl annotate pod ${name} --namespace=${namespace} longhaul.dev/force-delete=allow`

const ofEviction = (name: string) =>
  "An eviction with a grace period of 0 cuts the pod's connections without a drain, and frees its name while it may " +
  'still run. Evict it without --grace-period=0, and wait for its end. If its node is powered off, this frees all of ' +
  'its pods: kubectl taint node NODE node.kubernetes.io/out-of-service=nodeshutdown:NoExecute. A pod that is annotated ' +
  `passes, by a deletion alone: kubectl annotate pod ${name} --namespace=deny longhaul.dev/force-delete=allow`

describe('the guard', () => {
  const controlPlane = useControlPlane()
  let hasPolicies = false
  let guard: Guard

  beforeAll(async () => {
    if (missing !== undefined) return
    hasPolicies = isAtLeast(await versionOf(controlPlane()), 30)
    if (hasPolicies) guard = await installGuard(controlPlane())
  }, 120_000)

  test('is refused before Kubernetes 1.30, by a chart that says so', context => {
    context.skip(hasPolicies, 'the API server has policies')
    expect(() => releaseOn(controlPlane()).upgrade('guard: {enabled: true}')).toThrow(
      /guard\.enabled needs ValidatingAdmissionPolicy, which is there from Kubernetes 1\.30 on; this is v1\.2\d\./,
    )
  })

  describe('from Kubernetes 1.30 on', () => {
    beforeEach(context => context.skip(!hasPolicies, 'there is no ValidatingAdmissionPolicy before'))

    // Not dry runs: an immediate deletion is judged a second time, when its pod is terminating already.
    test.each(Object.values(passing).flat())('lets pass: $what', async ({ pod, flags }) => {
      const name = await guard.create('deny', pod)
      expect(await guard.delete('deny', name, '--wait=false', ...flags)).toMatchObject({ status: 0 })
      const left = await guard.find('deny', name)
      expect(left?.metadata?.deletionTimestamp).toEqual(left && expect.any(Date))
    })

    test('lets an eviction pass that has no grace period of its own, or one', async () => {
      await guard.evict('deny', await guard.create('deny'))
      await guard.evict('deny', await guard.create('deny'), { gracePeriodSeconds: 1 })
    })

    test('lets the deletion of a collection pass that says nothing of a grace period', async () => {
      const names = [await guard.create('deny'), await guard.create('deny', allowed)]
      await deleteAll('deny')
      const pods = await Promise.all(names.map(name => guard.find('deny', name)))
      expect(pods.map(pod => pod?.metadata?.deletionGracePeriodSeconds)).toEqual([30, 30])
    })

    test.each<[how: string, act: (namespace: Guarded, name: string) => Promise<unknown>]>([
      ['by force', (namespace, name) => guard.delete(namespace, name, ...force)],
      [
        'by a cluster-admin',
        (namespace, name) => guard.delete(namespace, name, ...force, ...asMaster('root')),
      ],
      ['in a collection', namespace => deleteAll(namespace, atOnce).catch(ignoreForbidden)],
      ['by an eviction', (namespace, name) => guard.evict(namespace, name, atOnce).catch(ignoreForbidden)],
      ['by a drain of its node', (namespace, name) => drain(namespace, name)],
      ['by a drain without evictions', (namespace, name) => drain(namespace, name, '--disable-eviction')],
    ])('keeps a pod that is deleted at once %s', async (_, act) => {
      const kept = await guard.create('deny')
      await act('deny', kept)
      expect((await guard.find('deny', kept))?.metadata).toMatchObject({ name: kept })
      expect((await guard.find('deny', kept))?.metadata?.deletionTimestamp).toBeUndefined()
      const gone = await guard.create('nothing')
      await act('nothing', gone)
      expect(await guard.find('nothing', gone)).toBeUndefined()
    })

    test('refuses also what is only tried', async () => {
      const name = await guard.create('deny')
      const { status, stderr } = await guard.delete('deny', name, '--force', '--dry-run=server')
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: expect.stringContaining(ofDeletion('deny', name)),
      })
    })

    test('keeps a pod that has an annotation of another value', async () => {
      const name = await guard.create('deny', {
        metadata: { annotations: { 'longhaul.dev/force-delete': 'true' } },
      })
      expect(await guard.delete('deny', name, ...force)).toMatchObject({ status: 1 })
    })

    test('keeps a pod that is terminating, for as long as it has', async () => {
      const name = await guard.create('deny')
      await guard.delete('deny', name, '--wait=false')
      expect(await guard.delete('deny', name, ...force)).toMatchObject({ status: 1 })
      expect(await guard.find('deny', name)).toMatchObject({ metadata: { deletionGracePeriodSeconds: 30 } })
    })

    test('says why, what to do instead, and the way out, which then is one', async () => {
      const name = await guard.create('deny')
      const { stderr } = await guard.delete('deny', name, ...force)
      const refusal =
        "ValidatingAdmissionPolicy 'longhaul-guard' with binding 'longhaul-guard-deny' denied request: "
      expect(stderr).toBe(
        `${ofForce}Error from server (Forbidden): pods "${name}" is forbidden: ${refusal}${ofDeletion('deny', name)}\n`,
      )
      const [, command = ''] = /kubectl (annotate .*)$/m.exec(stderr) ?? []
      expect(await guard.run('deny', ...command.split(' '))).toMatchObject({ status: 0 })
      expect(await guard.delete('deny', name, ...force)).toMatchObject({ status: 0 })
    })

    test('says of an eviction that the annotation is for deletions', async () => {
      const name = await guard.create('deny')
      expect(await drain('deny', name)).toMatchObject({ stderr: expect.stringContaining(ofEviction(name)) })
    })

    test('says it once where it only warns, and lets the pod go', async () => {
      const name = await guard.create('warn')
      const warning =
        "Validation failed for ValidatingAdmissionPolicy 'longhaul-guard' with binding 'longhaul-guard-warn': "
      expect(await guard.delete('warn', name, ...force)).toMatchObject({
        status: 0,
        stderr: `${ofForce}Warning: ${warning}${ofDeletion('warn', name)}\n`,
      })
      expect(await guard.find('warn', name)).toBeUndefined()
    })

    test.each(Object.entries(passing))('needs its condition %s', async (condition, deletions) => {
      await withoutCondition(condition)
      for (const { what, pod, flags } of deletions) {
        const name = await guard.create('deny', pod)
        const trial = async () => (await guard.delete('deny', name, '--dry-run=server', ...flags)).stderr
        await expect.poll(trial, { ...waiting, message: what }).toContain('(Forbidden)')
      }
    })
  })

  const drain = (namespace: Guarded, name: string, ...flags: readonly string[]) =>
    guard.run(
      namespace,
      'drain',
      'node-1',
      `--pod-selector=pod=${name}`,
      '--force',
      '--grace-period=0',
      ...flags,
    )

  const deleteAll = (namespace: Guarded, options: V1DeleteOptions = {}) =>
    controlPlane()
      .admin.config.makeApiClient(CoreV1Api)
      .deleteCollectionNamespacedPod({ namespace, body: options })

  /** Takes a condition out of the policy until the end of the test. */
  async function withoutCondition(condition: string): Promise<void> {
    const registration = controlPlane().admin.config.makeApiClient(AdmissionregistrationV1Api)
    const { spec } = await registration.readValidatingAdmissionPolicy(policy)
    const all = spec?.matchConditions
    const put = (value: typeof all) => {
      const patch = JSON.stringify([{ op: 'replace', path: '/spec/matchConditions', value }])
      return guard.run(
        'deny',
        'patch',
        'validatingadmissionpolicy',
        policy.name,
        '--type=json',
        `--patch=${patch}`,
      )
    }
    onTestFinished(async () => {
      await put(all)
    })
    await put(all?.filter(({ name }) => name !== condition))
  }
})
