/**
 * `longhaul agent` with the rights that the chart gives it, on a real API server and a node's network: whose connections
 * end when an endpoint leaves its Service, and whose never.
 */

import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { CoreV1Api } from '@kubernetes/client-node'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { folderWith } from '../cli/longhaul.ts'
import { nodeBinary } from '../native/build.ts'
import {
  createNodeNetwork,
  missingForNodeNetwork,
  type NodeNetwork,
  type PodName,
  podPort,
  pods,
  type ServiceName,
  servicePort,
  services,
} from '../native/node-network.ts'
import type { Peer } from '../native/sandbox.ts'
import { missingForControlPlane } from './binaries.ts'
import { createNode, type Endpoints, endpointsIn } from './endpoints.ts'
import type { Identity } from './identity.ts'
import { createNamespace } from './pods.ts'
import { namespace as agentNamespace, release, releaseOn } from './release.ts'
import { type RunningAgent, runAgent } from './running-agent.ts'
import { useControlPlane } from './suite.ts'
import { until } from './until.ts'

const off = { 'longhaul.dev/stale-connections': 'off' }
const hasNoCluster = missingForControlPlane('kubectl', 'helm') !== undefined

describe('connections to an endpoint that has left its Service', () => {
  const controlPlane = useControlPlane()
  let missingNetwork: string | undefined
  let account: Identity

  beforeAll(async () => {
    if (hasNoCluster) return
    missingNetwork = await missingForNodeNetwork()
    releaseOn(controlPlane()).upgrade('agent: {enabled: true, staleConnections: true}')
    account = await controlPlane().serviceAccount(agentNamespace, `${release}-agent`)
  }, 120_000)

  beforeEach(context => {
    if (missingNetwork !== undefined) context.skip(missingNetwork)
  })

  /** A node's network, and clients on it of a server in each pod, through its Service. */
  async function startClients() {
    const network = await createNodeNetwork()
    const connect = async (service: ServiceName) => {
      const server = network.podPeer(service)
      await server.ask(`listen :: ${podPort}`)
      const client = network.podPeer('client')
      await client.ask(`connect ${services[service].ipv4} ${servicePort} 2`)
      return client
    }
    const clients = { gone: await connect('gone'), living: await connect('living') }
    return { network, clients, [Symbol.asyncDispose]: () => network[Symbol.asyncDispose]() }
  }

  /** What the cluster knows of them, and the agent, as soon as it does. */
  async function startAgent(
    namespace: string,
    { node: { enter } }: NodeNetwork,
    { options = [], labels = {}, annotations = {}, isReachable = true, without }: Variant = {},
  ) {
    const place = async (name: string, pod: PodName, more: Variant = {}) => {
      await createNamespace(controlPlane(), name, more.labels)
      const cluster = endpointsIn(controlPlane(), name)
      await cluster.service(pod, [await cluster.pod(pod, pods[pod].ipv4, node)], more.annotations)
      return cluster
    }
    const node = `${namespace}-elsewhere`
    await createNode(controlPlane(), node, isReachable)
    const cluster = await place(namespace, 'gone', { labels, annotations })
    const other = await place(`${namespace}-other`, 'living')
    const restricted = without === undefined ? [] : ['setpriv', `--bounding-set=-${without}`]
    const script = `#!/bin/sh\nexec ${[...enter, ...restricted].join(' ')} ${nodeBinary} "$@"\n`
    const binary = join(await folderWith({ 'longhaul-node': script }), 'longhaul-node')
    await chmod(binary, 0o755)
    const call = [`--node=${namespace}`, `--binary=${binary}`, '--stale-connections', ...options]
    const agent = await runAgent(account, call)
    await until('it is ready', async () => (await agent.ask('/readyz')) === 'ok\n')
    return { ...cluster, ...agent, other, node }
  }

  const untilCounted = ({ ask }: RunningAgent, counted: string) =>
    until(`${counted} is counted`, async () =>
      (await ask('/metrics')).includes(`longhaul_agent_${counted}\n`),
    )
  const connectionsOf = (namespace: string, outcome: string) =>
    `stale_connections_total{namespace="${namespace}",service="gone",outcome="${outcome}"} 2`

  it('end where its pod is gone, those of living ones do not', async () => {
    await using started = await startClients()
    const { network, clients } = started
    const cluster = await startAgent('gone', network)
    await network.cut('gone')
    await cluster.removePod('gone')
    await cluster.lead('gone', [])
    await expect.poll(() => clients.gone.ask('state')).toMatchObject({ open: 0, aborted: 2 })
    expect(await clients.living.ask('state')).toMatchObject({ open: 2, ended: 0 })
    await untilCounted(cluster, connectionsOf('gone', 'ended'))
  })

  it('are only counted in a dry run', async () => {
    await using started = await startClients()
    const { network, clients } = started
    const cluster = await startAgent('dry', network, { options: ['--dry-run'] })
    await cluster.removePod('gone')
    await cluster.lead('gone', [])
    await untilCounted(cluster, connectionsOf('dry', 'dry-run'))
    expect(await clients.gone.ask('state')).toMatchObject({ open: 2, ended: 0 })
  })

  /** Has the other Service's pod go, which is taken up after all that was told before. */
  async function endTheOther({ cluster: { other }, network, clients }: Scene): Promise<void> {
    await network.cut('living')
    await other.removePod('living')
    await other.lead('living', [])
    await expect.poll(() => clients.living.ask('state')).toMatchObject({ open: 0, aborted: 2 })
  }

  it.each<[string, string, Variant, (cluster: Cluster) => Promise<unknown>]>([
    ['selected', 'while the pod lives, as when its Service selects others', {}, async () => {}],
    [
      'reused',
      'where a new pod has got the address',
      {},
      async ({ removePod, pod, node }) => {
        await removePod('gone')
        await pod('next', pods.gone.ipv4, node)
      },
    ],
    ['annotated', 'where the Service says so', { annotations: off }, ({ removePod }) => removePod('gone')],
    ['labelled', 'where its namespace says so', { labels: off }, ({ removePod }) => removePod('gone')],
  ])('are left (%s): %s', async (name, _, variant, change) => {
    await using started = await startClients()
    const { network, clients } = started
    const cluster = await startAgent(name, network, variant)
    await change(cluster)
    await cluster.lead('gone', [])
    await endTheOther({ cluster, network, clients })
    expect(await clients.gone.ask('state')).toMatchObject({ open: 2, ended: 0 })
  })

  it('end where nothing is heard of the node once nothing is heard of the pod', async () => {
    await using started = await startClients()
    const { network, clients } = started
    const cluster = await startAgent('unreachable', network, { isReachable: false })
    await cluster.removePod('gone')
    await cluster.lead('gone', [])
    await untilCounted(cluster, connectionsOf('unreachable', 'ended'))
    await expect.poll(() => clients.gone.ask('state')).toMatchObject({ open: 0, aborted: 2 })
  })

  it('are said on the node, once, not to be ended where a right is missing', async () => {
    await using started = await startClients()
    const { network, clients } = started
    const cluster = await startAgent('forbidden', network, { without: 'net_admin' })
    await cluster.removePod('gone')
    await cluster.lead('gone', [])
    const failures = 'stale_connections_failures_total{reason="rights"}'
    // Each try is counted.
    await until('it has been tried again', async () => /"rights"} [2-9]/.test(await cluster.ask('/metrics')))
    expect(await cluster.ask('/metrics')).toContain(failures)
    const core = controlPlane().admin.config.makeApiClient(CoreV1Api)
    const { items } = await core.listNamespacedEvent({ namespace: 'default' })
    expect(items.filter(({ reason }) => reason === 'StaleConnectionsFailed')).toMatchObject([
      {
        message: expect.stringMatching(
          /^Longhaul, connections to endpoints that are gone: .*needs CAP_NET_ADMIN/,
        ),
        involvedObject: { kind: 'Node', name: 'forbidden' },
      },
    ])
    expect(await clients.gone.ask('state')).toMatchObject({ open: 2, ended: 0 })
  })
})

type Cluster = Endpoints & RunningAgent & { other: Endpoints; node: string }

interface Scene {
  cluster: Cluster
  network: NodeNetwork
  clients: Record<ServiceName, Peer>
}

interface Variant {
  options?: readonly string[]
  labels?: Record<string, string>
  annotations?: Record<string, string>
  isReachable?: boolean
  /** A capability that the agent lacks. */
  without?: string
}
