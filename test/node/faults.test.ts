/** Nodes that are lost with all of Longhaul's webhooks, and come back. */

import { CoreV1Api } from '@kubernetes/client-node'
import { beforeAll, describe, expect, test } from 'vitest'
import { inject } from '../cluster/pods.ts'
import { namespace as system } from '../cluster/release.ts'
import { until } from '../cluster/until.ts'
import { adminOf, powerOff } from './cluster/cluster.ts'
import { powerOn } from './cluster/start.ts'
import { installLonghaul } from './install.ts'
import { type Namespace, namespaceOn, podOf } from './pods.ts'
import { hasNoCluster, useCluster } from './suite.ts'

/** The node controller waits for 50 s. */
const noticeMs = 120_000
const sleep = ['sleep', 'infinity']

describe('nodes that are lost', () => {
  const cluster = useCluster()
  let longhaul: Namespace
  let namespace: Namespace

  beforeAll(async () => {
    if (hasNoCluster()) return
    longhaul = await namespaceOn(cluster, system)
    namespace = await namespaceOn(cluster, 'faults', inject)
  })

  /** What the pods of Longhaul's Deployment are, one for each container that has started. */
  const starts = async () =>
    (await longhaul.pods('app.kubernetes.io/name=longhaul')).flatMap(({ status }) =>
      (status?.containerStatuses ?? []).map(({ restartCount, ready }) => ({ restartCount, ready })),
    )

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
    expect(pod?.metadata?.annotations).toHaveProperty(['longhaul.dev/status'])
    installLonghaul({ admin: adminOf(cluster) })
  })
})
