/**
 * A node is lost: who has connections to it notices, beside twins without Longhaul that go on waiting; and pods are
 * changed by the other node's webhook.
 */

import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { kubectl } from '../../cluster/kubectl.ts'
import { inject } from '../../cluster/pods.ts'
import { until } from '../../cluster/until.ts'
import { adminOf, isNodeReady } from '../cluster/cluster.ts'
import type { Machine } from '../machines/machine.ts'
import { cutSilently, mend, setLink } from '../machines/network.ts'
import type { Node } from '../nodes/node.ts'
import { changesPods, type Namespace, namespaceOn } from '../pods.ts'
import { hasNoCluster, useCluster } from '../suite.ts'
import { echoClient, echoServer, type Kind, lossesIn } from './echo.ts'

/** The node controller waits for 50 s. */
const noticeMs = 120_000
const annotations = {
  'longhaul.dev/keepalive-idle': '5s',
  'longhaul.dev/keepalive-interval': '2s',
  'longhaul.dev/keepalive-probes': '3',
}
/** idle + interval × probes, which is the user timeout, too. */
const noticedSeconds = 11
const kinds: readonly Kind[] = ['waits', 'sends']

describe('a node that is lost', () => {
  const cluster = useCluster()
  const { hub, nodes } = cluster
  const [first, second] = nodes
  let namespace: Namespace
  let plain: Namespace

  beforeAll(async () => {
    if (hasNoCluster()) return
    namespace = await namespaceOn(cluster, 'loss', inject)
    plain = await namespaceOn(cluster, 'loss-plain')
  })

  const untilReady = (isReady: boolean) =>
    until(
      `${second.name} is ${isReady ? '' : 'not '}Ready`,
      async () => (await isNodeReady(cluster, second)) === isReady,
      noticeMs,
    )

  async function restore(): Promise<void> {
    await mend(hub, second)
    await setLink(hub, second, 'up')
  }

  /** A server on the second node, and clients on the first one that have been answered: one of each kind and namespace. */
  async function startClients(name: string): Promise<void> {
    await plain.apply(...echoServer(name, second))
    await plain.available(name)
    // Who knows names may be on the node that is lost.
    const address = await plain.kubectl('get', 'service', name, '--output=jsonpath={.spec.clusterIP}')
    const clients = kinds.map(kind => echoClient(`${name}-${kind}`, address, kind, first, annotations))
    await Promise.all([
      namespace.apply(...clients),
      plain.apply(...clients.map(each => ({ ...each, metadata: { ...each.metadata, annotations: {} } }))),
    ])
    for (const each of [namespace, plain])
      for (const kind of kinds) await untilLast(each, `${name}-${kind}`, 'answered')
  }

  const untilLast = (each: Namespace, pod: string, line: string) =>
    until(
      `${pod} in ${each.name} is ${line}`,
      async () => (await each.kubectl('logs', pod)).trim().split('\n').at(-1)?.startsWith(line) === true,
      noticeMs,
    )

  test.each([
    ['silently', cutSilently],
    ['with-link', (machine: Machine, node: Node) => setLink(machine, node, 'down')],
  ])('%s', async (name, cut) => {
    await startClients(name)
    onTestFinished(restore)
    await cut(hub, second)
    for (const kind of kinds) {
      const log = () => namespace.kubectl('logs', `${name}-${kind}`)
      await until(`who ${kind} has noticed`, async () => lossesIn(await log()).length > 0, noticeMs)
      expect(lossesIn(await log())[0]).toBeGreaterThanOrEqual(noticedSeconds)
    }
    await untilReady(false)
    // The Service forgets the lost webhook a moment later.
    await until('pods are changed', () => changesPods(namespace), noticeMs)

    // Another server takes over once the lost one is given up.
    const lost = (await plain.pods(`app=${name}`)).map(({ metadata }) => metadata?.name ?? '')
    // It warns.
    const force = [`--namespace=${plain.name}`, 'delete', 'pod', '--force', '--grace-period=0', ...lost]
    expect((await kubectl(adminOf(cluster), force)).status).toBe(0)
    await plain.available(name)
    for (const kind of kinds) {
      await untilLast(namespace, `${name}-${kind}`, 'answered')
      expect(lossesIn(await plain.kubectl('logs', `${name}-${kind}`))).toEqual([])
    }
    await restore()
    await untilReady(true)
  })
})
