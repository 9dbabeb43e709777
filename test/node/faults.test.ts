/** Nodes that are lost with all of Longhaul's webhooks: what becomes of pods that are made meanwhile, and after. */

import { CoreV1Api } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { inject, isMutated } from '../cluster/pods.ts'
import { namespace as system } from '../cluster/release.ts'
import { until } from '../cluster/until.ts'
import { adminOf, isNodeReady, powerOff } from './cluster/cluster.ts'
import { powerOn } from './cluster/start.ts'
import { installLonghaul } from './install.ts'
import { changesPods, type Namespace, namespaceOn, podOf } from './pods.ts'
import { hasNoCluster, useCluster } from './suite.ts'

/** The node controller waits for 50 s. */
const noticeMs = 120_000
const sleep = ['sleep', 'infinity']
/** Replicas that are lost with their node are replaced once that is noticed, and not 300 s later. */
const unreachable =
  '{key: node.kubernetes.io/unreachable, effect: NoExecute, operator: Exists, tolerationSeconds: 0}'

describe('nodes that are lost', () => {
  const cluster = useCluster()
  const [first, second] = cluster.nodes
  let longhaul: Namespace
  let namespace: Namespace

  beforeAll(async () => {
    if (hasNoCluster()) return
    longhaul = await namespaceOn(cluster, system)
    namespace = await namespaceOn(cluster, 'faults', inject)
  })

  afterAll(() => {
    if (!hasNoCluster()) installLonghaul({ admin: adminOf(cluster) })
  })

  const webhooks = () => longhaul.pods('app.kubernetes.io/name=longhaul')

  /** What the pods of Longhaul's Deployment are, one for each container that has started. */
  const starts = async () =>
    (await webhooks()).flatMap(({ status }) =>
      (status?.containerStatuses ?? []).map(({ restartCount, ready }) => ({ restartCount, ready })),
    )

  /** Makes a pod on the first node. Gives it as it came. */
  async function create(name: string) {
    await namespace.apply(podOf(name, sleep, { spec: { nodeName: first.name } }))
    const [pod] = await namespace.pods(`app=${name}`)
    return pod ?? {}
  }

  test('one, with both webhooks: pods come unchanged, and changed again from the other', async () => {
    await longhaul.kubectl('cordon', first.name)
    installLonghaul({ admin: adminOf(cluster) }, `{tolerations: [${unreachable}]}`)
    await longhaul.kubectl('uncordon', first.name)
    const areOnSecond = async () => (await webhooks()).every(({ spec }) => spec?.nodeName === second.name)
    await until('the webhooks of before are gone', areOnSecond, noticeMs)
    expect(isMutated(await create('with-webhooks'))).toBe(true)

    onTestFinished(() => powerOn(cluster, second))
    await powerOff(cluster, second)
    const names = ['lost-1', 'lost-2', 'lost-3']
    const lost = await Promise.all(names.map(create))
    // Nobody else has noticed.
    expect(await isNodeReady(cluster, second)).toBe(true)
    expect(lost.map(isMutated)).toEqual([false, false, false])
    await namespace.ready(...names.map(name => `pod/${name}`))

    await until('pods are changed again', () => changesPods(namespace), noticeMs)
  })

  test('all at once, with failurePolicy Fail: the webhook comes back, and pods with it', async () => {
    installLonghaul({ admin: adminOf(cluster) }, '{webhook: {failurePolicy: Fail}}')
    await namespace.apply(podOf('before', sleep))
    await namespace.ready('pod/before')
    await Promise.all(cluster.nodes.map(node => powerOff(cluster, node)))
    await Promise.all(cluster.nodes.map(node => powerOn(cluster, node)))
    const core = adminOf(cluster).config.makeApiClient(CoreV1Api)
    const isBack = async () => {
      const { status } = await core.readNamespacedPod({ namespace: namespace.name, name: 'before' })
      return status?.containerStatuses?.every(({ ready, restartCount }) => ready && restartCount > 0) === true
    }
    await until('the pod runs again', isBack, noticeMs)
    await until(
      'the webhooks run again',
      async () => (await starts()).every(({ ready, restartCount }) => ready && restartCount > 0),
      noticeMs,
    )
    await until(
      'pods are made',
      async () => {
        await namespace.apply(podOf('after', sleep))
        return true
      },
      noticeMs,
    )
    await namespace.ready('pod/after')
    const [pod] = await namespace.pods('app=after')
    expect(isMutated(pod ?? {})).toBe(true)
  })
})
