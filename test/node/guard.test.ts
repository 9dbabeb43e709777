/** The guard against forced deletion on real nodes: what ends pods goes on, also where a node is lost. */

import { CoreV1Api } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Result } from '../cli/longhaul.ts'
import { ignoreForbidden } from '../cluster/guarded.ts'
import { kubectl } from '../cluster/kubectl.ts'
import { until } from '../cluster/until.ts'
import { adminOf, powerOff } from './cluster/cluster.ts'
import { powerOn } from './cluster/start.ts'
import { installLonghaul } from './install.ts'
import { type Namespace, namespaceOn, podOf } from './pods.ts'
import { hasNoCluster, useCluster } from './suite.ts'

const deny = { 'longhaul.dev/force-delete': 'deny' }
/** The node controller waits for 50 s, the pod garbage collector looks every 20 s. */
const noticeMs = 120_000
const stepMs = 60_000
const server = ['sh', '-c', 'trap "exit" TERM; while :; do sleep 1; done']
const atOnce = { gracePeriodSeconds: 0 }
/** Pods are deleted once their node's loss is noticed, and not 300 s later. */
const tolerations = [
  { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', operator: 'Exists', tolerationSeconds: 0 },
]

describe('the guard', () => {
  const cluster = useCluster()
  const [first, second] = cluster.nodes
  let core: CoreV1Api
  let namespace: Namespace

  beforeAll(async () => {
    if (hasNoCluster()) return
    const admin = adminOf(cluster)
    core = admin.config.makeApiClient(CoreV1Api)
    installLonghaul({ admin }, 'guard: {enabled: true}')
    namespace = await namespaceOn(cluster, 'guarded', deny)
    await serve('trial')
    await until('it judges', async () =>
      isRefused(await run('delete', 'pod', 'trial', '--force', '--dry-run=server')),
    )
  })

  afterAll(() => {
    if (!hasNoCluster()) installLonghaul({ admin: adminOf(cluster) })
  })

  const run = (...args: readonly string[]) =>
    kubectl(adminOf(cluster), [`--namespace=${namespace.name}`, ...args])
  const force = (name: string) => run('delete', 'pod', name, '--force', '--wait=false')
  const untilGone = (name: string) =>
    until(`${name} is gone`, async () => (await namespace.pods(`app=${name}`)).length === 0, stepMs)

  async function serve(name: string): Promise<void> {
    await namespace.apply(podOf(name, server))
    await namespace.ready(`pod/${name}`)
  }

  /** Whether the pod of this name runs as it did from its beginning. */
  async function runsOn(name: string): Promise<boolean> {
    const [pod] = await namespace.pods(`app=${name}`)
    const [container] = pod?.status?.containerStatuses ?? []
    return (
      pod?.metadata?.deletionTimestamp === undefined &&
      container?.ready === true &&
      container.restartCount === 0
    )
  }

  test.each<[how: string, name: string, act: (name: string) => Promise<unknown>]>([
    ['deleted', 'deleted', name => run('delete', 'pod', name, '--wait=false')],
    ['deleted with --now', 'deleted-now', name => run('delete', 'pod', name, '--now', '--wait=false')],
    ['evicted', 'evicted', name => evict(name)],
    ['deleted in a collection', 'collected', () => deleteAll()],
  ])('lets the kubelet end a pod that is %s', async (_, name, act) => {
    await serve(name)
    await act(name)
    await untilGone(name)
  })

  test.each<[how: string, name: string, act: (name: string) => Promise<unknown>]>([
    ['by force', 'forced', name => force(name)],
    ['by an eviction', 'evicted-at-once', name => evict(name, atOnce).catch(ignoreForbidden)],
    ['in a collection', 'collected-at-once', () => deleteAll(atOnce).catch(ignoreForbidden)],
  ])('has a pod run on that would be ended at once %s', async (_, name, act) => {
    await serve(name)
    await act(name)
    expect(await runsOn(name)).toBe(true)
  })

  const evict = (name: string, deleteOptions = {}) =>
    core.createNamespacedPodEviction({
      name,
      namespace: namespace.name,
      body: { metadata: { name }, deleteOptions },
    })
  const deleteAll = (body = {}) => core.deleteCollectionNamespacedPod({ namespace: namespace.name, body })

  test('lets a namespace be deleted with its pods', async () => {
    const other = await namespaceOn(cluster, 'guarded-and-gone', deny)
    await other.apply(podOf('one', server))
    await other.ready('pod/one')
    expect(await run('delete', 'namespace', other.name, '--timeout=60s')).toMatchObject({ status: 0 })
  })

  test('tells how pods of a StatefulSet come back whose node is lost, and they do', async () => {
    await run('cordon', first.name)
    await namespace.apply(statefulSet('by-taint'), statefulSet('by-annotation'))
    await namespace.ready('pod/by-taint-0', 'pod/by-annotation-0')
    await run('uncordon', first.name)
    onTestFinished(async () => {
      await run('taint', 'node', second.name, 'node.kubernetes.io/out-of-service-')
      await powerOn(cluster, second)
    })
    await powerOff(cluster, second)
    await until('its pods are deleted', () => isTerminating('by-taint', 'by-annotation'), noticeMs)

    const refusal = await force('by-annotation-0')
    expect(isRefused(refusal)).toBe(true)
    await told(refusal, /kubectl (annotate .*)$/m)
    expect(await force('by-annotation-0')).toMatchObject({ status: 0 })
    await until('the one is on the other node', () => isOnFirst('by-annotation'), noticeMs)

    expect(await isTerminating('by-taint')).toBe(true)
    await told(await force('by-taint-0'), /kubectl (taint \S+ \S+ \S+NoExecute)/)
    await until('so is the other one', () => isOnFirst('by-taint'), noticeMs)
  })

  async function isTerminating(...names: readonly string[]): Promise<boolean> {
    const pods = (await Promise.all(names.map(name => namespace.pods(`app=${name}`)))).flat()
    return (
      pods.length === names.length && pods.every(({ metadata }) => metadata?.deletionTimestamp !== undefined)
    )
  }

  async function isOnFirst(name: string): Promise<boolean> {
    const [pod] = await namespace.pods(`app=${name}`)
    return pod?.spec?.nodeName === first.name && pod.status?.phase === 'Running'
  }

  /** Does what the refusal says. */
  async function told({ stderr }: Result, command: RegExp): Promise<void> {
    const [, args = ''] = command.exec(stderr) ?? []
    expect(await run(...args.split(' '))).toMatchObject({ status: 0 })
  }
})

function isRefused({ status, stderr }: Result): boolean {
  return status === 1 && stderr.includes("denied request: A forced deletion cuts the pod's connections")
}

/** Of one pod. */
function statefulSet(name: string): object {
  const { metadata, spec } = podOf(name, server, { spec: { tolerations } })
  const labels = metadata?.labels ?? {}
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name },
    spec: { serviceName: name, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  }
}
