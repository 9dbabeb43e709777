/** Which pods are a workload's, by a real API server and its controllers. */

import { AppsV1Api, BatchV1Api, CoreV1Api, type V1Pod } from '@kubernetes/client-node'
import { beforeAll, expect, test } from 'vitest'
import { openApi } from '../../src/cluster/client/api.ts'
import { findPods, type PodChoice } from '../../src/cluster/pods.ts'
import { readWorkloadNames } from '../../src/cluster/workload-resources.ts'
import { missingForControlPlane } from './binaries.ts'
import { kubectl } from './kubectl.ts'
import { createNamespace } from './pods.ts'
import { useControlPlane } from './suite.ts'
import { until } from './until.ts'
import { everyKind } from './workloads.ts'

const namespace = 'found'
const controlPlane = useControlPlane()

beforeAll(async () => {
  if (missingForControlPlane('kubectl') !== undefined) return
  await createNamespace(controlPlane(), namespace)
  const apply = await kubectl(controlPlane().admin, ['apply', '-n', namespace, '-f', '-'], everyKind({}))
  expect(apply).toMatchObject({ status: 0 })
  await controlPlane()
    .admin.config.makeApiClient(BatchV1Api)
    .createNamespacedJob({ namespace, body: { metadata: { name: 'of-nobody' }, spec: { template } } })
  await kubectl(controlPlane().admin, ['create', 'job', '-n', namespace, '--from=cronjob/web', 'from-cron'])
  // There is no node for a DaemonSet's pods.
  const prefixes = ['web', 'web-', 'web-0', 'from-cron-', 'of-nobody-']
  await until('the controllers have made pods', async () => {
    const names = await found({ selector: '', namespace })
    return prefixes.every(each => names.some(name => name.startsWith(each))) && names.length === 8
  })
}, 120_000)

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'app', image: 'example.com/app' }], restartPolicy: 'Never' },
}

async function podsOf(choice: PodChoice): Promise<V1Pod[]> {
  await using api = await openApi(controlPlane().admin.config)
  return await findPods(api, choice)
}

const nameOf = ({ metadata }: V1Pod) => metadata?.name ?? ''
const found = async (choice: PodChoice) => (await podsOf(choice)).map(nameOf)
const named = (...names: string[]): PodChoice => ({ names: readWorkloadNames(names), namespace })

test.each([
  ['deployment/web', 'ReplicaSet', /^web-[a-z0-9]+-[a-z0-9]{5}$/],
  ['sts/web', 'StatefulSet', /^web-0$/],
  ['rs/web', 'ReplicaSet', /^web-[a-z0-9]{5}$/],
  ['rc/web', 'ReplicationController', /^web-[a-z0-9]{5}$/],
  ['job/web', 'Job', /^web-[a-z0-9]{5}$/],
  ['cronjob/web', 'Job', /^from-cron-[a-z0-9]{5}$/],
  ['pod/web', undefined, /^web$/],
])('of %s those that it owns, though others have the same labels', async (name, owner, pattern) => {
  const pods = await podsOf(named(name))
  expect(pods.map(nameOf)).toEqual([expect.stringMatching(pattern)])
  expect(pods[0]?.metadata?.ownerReferences?.[0]?.kind).toBe(owner)
})

test('of a Deployment those of its ReplicaSets that are being replaced, too', async () => {
  const apps = controlPlane().admin.config.makeApiClient(AppsV1Api)
  const before = await found(named('deploy/web'))
  const body = [{ op: 'add', path: '/spec/template/metadata/annotations', value: { changed: 'yes' } }]
  await apps.patchNamespacedDeployment({ namespace, name: 'web', body })
  await until('the next one is made', async () => (await found(named('deploy/web'))).length === 2)
  expect(await found(named('deploy/web'))).toEqual(expect.arrayContaining(before))
})

test('of several each once, by name; none that is finished', async () => {
  const core = controlPlane().admin.config.makeApiClient(CoreV1Api)
  const [statefulSet, pod] = [await found(named('sts/web')), await found(named('pod/web'))]
  expect(await found(named('sts/web', 'pod/web', 'statefulsets.apps/web'))).toEqual([...pod, ...statefulSet])
  await core.createNamespacedPod({ namespace, body: { metadata: { name: 'finished' }, spec: template.spec } })
  expect(await found(named('pod/finished'))).toEqual(['finished'])
  const body = [{ op: 'replace', path: '/status/phase', value: 'Succeeded' }]
  await core.patchNamespacedPodStatus({ namespace, name: 'finished', body })
  expect(await found(named('pod/finished'))).toEqual([])
  expect(await found({ selector: '', namespace })).not.toContain('finished')
})

test('by their labels in one namespace, or in all', async () => {
  await createNamespace(controlPlane(), 'other')
  const core = controlPlane().admin.config.makeApiClient(CoreV1Api)
  const metadata = { name: 'elsewhere', labels: { tier: 'front' } }
  await core.createNamespacedPod({ namespace: 'other', body: { metadata, spec: template.spec } })
  expect(await found({ selector: 'tier in (front)', namespace })).toEqual([])
  expect(await found({ selector: 'tier in (front)' })).toEqual(['elsewhere'])
})

test.each<[PodChoice, string]>([
  [
    named('deploy/none'),
    `Deployment none can't be read from namespace ${namespace}: deployments.apps "none" not found`,
  ],
  [{ selector: '', namespace: 'nowhere' }, 'namespace nowhere is not in the cluster'],
  [{ selector: '!!', namespace }, "the pods can't be listed: "],
])('%j: it is said why there are none', async (choice, message) => {
  await expect(podsOf(choice)).rejects.toThrow(message)
})
