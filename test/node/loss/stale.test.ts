/**
 * Connections to pods that are gone, ended by the node agents: nothing of Longhaul's is in the clients, and without the
 * agents such twins go on waiting (loss.test.ts). Those to pods that live go on, whatever becomes of their Service.
 */

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { kubectl } from '../../cluster/kubectl.ts'
import { namespace as agentsNamespace } from '../../cluster/release.ts'
import { until } from '../../cluster/until.ts'
import { adminOf, isNodeReady } from '../cluster/cluster.ts'
import { installLonghaul } from '../install.ts'
import { cutSilently, mend } from '../machines/network.ts'
import { type Namespace, namespaceOn, podOf } from '../pods.ts'
import { hasNoCluster, useCluster } from '../suite.ts'
import { echoClient, echoServer, type Kind, lossesIn } from './echo.ts'

/** The node controller waits for 50 s. */
const noticeMs = 120_000
/** Listens, and nobody has said that it is not ready. */
const readiness = {
  exec: {
    command: [
      'python3',
      '-c',
      'import os, socket; socket.create_connection(("127.0.0.1", 8080)); exit(os.path.exists("/tmp/unready"))',
    ],
  },
  timeoutSeconds: 5,
}
const kinds: readonly Kind[] = ['waits', 'sends']
/** ECONNABORTED, by Python and by Go. */
const aborted = /[Ss]oftware caused connection abort/

describe('connections to pods that are gone', () => {
  const cluster = useCluster()
  const { hub, nodes } = cluster
  const [first, second] = nodes
  let namespace: Namespace

  beforeAll(async () => {
    if (hasNoCluster()) return
    installLonghaul({ admin: adminOf(cluster) }, 'agent: {enabled: true, staleConnections: true}')
    namespace = await namespaceOn(cluster, 'stale')
  })

  afterAll(() => {
    if (!hasNoCluster()) installLonghaul({ admin: adminOf(cluster) })
  })

  const answered = async (pod: string) =>
    (await namespace.kubectl('logs', pod)).split('\n').filter(line => line === 'answered').length
  const untilAnswered = (pod: string, times = 1) =>
    until(`${pod} is answered`, async () => (await answered(pod)) >= times, noticeMs)

  /** A server on the second node, and clients on the first one that have been answered. Gives the Service's address. */
  async function startClients(name: string): Promise<string> {
    await namespace.apply(...echoServer(name, second, readiness))
    await namespace.available(name)
    const address = await namespace.kubectl('get', 'service', name, '--output=jsonpath={.spec.clusterIP}')
    await namespace.apply(...kinds.map(kind => echoClient(`${name}-${kind}`, address, kind, first, {})))
    for (const kind of kinds) await untilAnswered(`${name}-${kind}`)
    return address
  }

  test('end at once where a pod is deleted by force from a node that is cut off', async () => {
    const address = await startClients('cut')
    const [server] = await namespace.pods('app=cut')
    const go = (host: string) => ['/app/waiting-go', 'off', `${host}:8080`]
    const onFirst = { spec: { nodeName: first.name, restartPolicy: 'Never' } }
    await namespace.apply(
      podOf('cut-go', go(address), onFirst),
      podOf('cut-direct', go(server?.status?.podIP ?? ''), onFirst),
    )
    await namespace.ready('pod/cut-go', 'pod/cut-direct')

    onTestFinished(() => mend(hub, second))
    await cutSilently(hub, second)
    await until('the node is not Ready', async () => !(await isNodeReady(cluster, second)), noticeMs)
    const logs = async () => {
      const pods = ['cut-waits', 'cut-sends', 'cut-go', 'cut-direct']
      return Promise.all(pods.map(pod => namespace.kubectl('logs', pod)))
    }
    expect((await logs()).map(log => aborted.test(log))).toEqual([false, false, false, false])

    // It warns.
    const force = ['delete', 'pod', '--force', '--grace-period=0', server?.metadata?.name ?? '']
    expect((await kubectl(adminOf(cluster), [`--namespace=${namespace.name}`, ...force])).status).toBe(0)
    await expect
      .poll(async () => (await logs()).map(log => aborted.test(log)), { timeout: noticeMs })
      .toEqual([true, true, true, true])
    await mend(hub, second)
    await until('the node is Ready', () => isNodeReady(cluster, second), noticeMs)
  })

  /** Each is something that happens to the endpoints of a pod that lives on. */
  test.each<[string, (name: string) => Promise<unknown>]>([
    [
      'selects',
      name => namespace.kubectl('patch', 'service', name, '--patch={"spec":{"selector":{"app":"none"}}}'),
    ],
    ['flaps', name => flap(name)],
  ])('go on where the pod lives: %s', async (name, change) => {
    await startClients(name)
    await change(name)
    await untilReadyIs(name, false)
    for (let times = 0; times < 2; times++) {
      await untilAnswered(`${name}-sends`, (await answered(`${name}-sends`)) + 2)
    }
    for (const kind of kinds) expect(lossesIn(await namespace.kubectl('logs', `${name}-${kind}`))).toEqual([])
  })

  /** Fails its readiness probe, twice. */
  async function flap(name: string): Promise<void> {
    const inServer = (...command: readonly string[]) =>
      namespace.kubectl('exec', `deployment/${name}`, '--', ...command)
    await inServer('touch', '/tmp/unready')
    await untilReadyIs(name, false)
    await inServer('rm', '/tmp/unready')
    await untilReadyIs(name, true)
    await inServer('touch', '/tmp/unready')
  }

  const untilReadyIs = (name: string, isReady: boolean) =>
    until(
      `${name} has ${isReady ? 'an endpoint' : 'no endpoint'} that is ready`,
      async () => {
        const ready = '--output=jsonpath={.items[*].endpoints[*].conditions.ready}'
        const slices = ['get', 'endpointslices', `--selector=kubernetes.io/service-name=${name}`, ready]
        return (await namespace.kubectl(...slices)).includes('true') === isReady
      },
      noticeMs,
    )

  test('end as the pods themselves end them in a rolling update', async () => {
    await startClients('rolled')
    await namespace.kubectl('rollout', 'restart', 'deployment/rolled')
    await namespace.available('rolled')
    await until(
      'the old pod is gone',
      async () => (await namespace.pods('app=rolled')).length === 1,
      noticeMs,
    )
    for (const kind of kinds) expect(await namespace.kubectl('logs', `rolled-${kind}`)).not.toMatch(aborted)
    const agents = ['logs', '--selector=app.kubernetes.io/name=longhaul-agent', '--tail=-1']
    const { stdout } = await kubectl(adminOf(cluster), [`--namespace=${agentsNamespace}`, ...agents])
    // Those of the pod that was deleted by force are there.
    expect(stdout).toMatch(/"service":"cut".*"ended"/)
    expect(stdout).not.toMatch(/"service":"(rolled|selects|flaps)"/)
  })
})
