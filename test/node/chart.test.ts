/** The chart on real nodes, and the README's first steps. */

import { CoreV1Api } from '@kubernetes/client-node'
import { beforeAll, describe, expect, test } from 'vitest'
import { namespace as system } from '../cluster/release.ts'
import { until } from '../cluster/until.ts'
import { adminOf } from './cluster/cluster.ts'
import { reinstallLonghaul } from './install.ts'
import { changesPods, namespaceOn } from './pods.ts'
import { hasNoCluster, useCluster } from './suite.ts'

/** A process that needs more than five seconds to listen; and the second in which a kubelet wants to have read a ConfigMap. */
const ofBusyMachine =
  /^Unhealthy: Startup probe failed: .* connection refused$|^FailedMount: .* failed to sync \w+ cache: timed out/

describe('the chart', () => {
  const cluster = useCluster()

  // What other files did to nodes is in the events of before.
  beforeAll(async () => {
    if (hasNoCluster()) return
    await reinstallLonghaul({ admin: adminOf(cluster) })
  })

  test('has its pods Ready on both nodes, none of them restarted', async () => {
    const pods = await (await namespaceOn(cluster, system)).pods('app.kubernetes.io/name=longhaul')
    expect(pods.map(({ spec }) => spec?.nodeName).sort()).toEqual(cluster.nodes.map(({ name }) => name))
    const statuses = pods.flatMap(({ status }) => status?.containerStatuses ?? [])
    expect(statuses.map(({ ready, restartCount }) => ({ ready, restartCount }))).toEqual([
      { ready: true, restartCount: 0 },
      { ready: true, restartCount: 0 },
    ])
  })

  test('comes without Warning events, but those of a busy machine', async () => {
    const core = adminOf(cluster).config.makeApiClient(CoreV1Api)
    const { items } = await core.listNamespacedEvent({ namespace: system })
    expect(items.some(({ reason }) => reason === 'Started')).toBe(true)
    const warnings = items
      .filter(({ type }) => type !== 'Normal')
      .map(({ reason, message }) => `${reason}: ${message}`)
    expect(warnings.filter(each => !ofBusyMachine.test(each))).toEqual([])
  })

  test('changes pods of a namespace once it has its label', async () => {
    const namespace = await namespaceOn(cluster, 'first-steps')
    expect(await changesPods(namespace)).toBe(false)
    await namespace.kubectl('label', 'namespace', namespace.name, 'longhaul.dev/inject=true')
    await until('a pod is changed', () => changesPods(namespace))
  })
})
