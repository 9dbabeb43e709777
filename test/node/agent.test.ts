/** Keepalive by the kernels of nodes, for pods that were there before the agent and have nothing of Longhaul's. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../cluster/until.ts'
import { adminOf } from './cluster/cluster.ts'
import { installLonghaul } from './install.ts'
import { type Namespace, namespaceOn } from './pods.ts'
import { idleSeconds, serveClients, type Timer, timersOfRuntimes } from './runtime-timers.ts'
import { clients, runtimesPod, servers, serversNamespace } from './runtimes.ts'
import { hasNoCluster, useCluster } from './suite.ts'

const stepMs = 120_000
const byNode = { 'longhaul.dev/keepalive': 'node', 'longhaul.dev/keepalive-idle': `${idleSeconds}s` }
const restrictedNamespace = { 'pod-security.kubernetes.io/enforce': 'restricted' }
const programs = Object.keys({ ...clients, ...servers })
const all = (timer: Timer) => Object.fromEntries(programs.map(each => [each, timer]))
/** SO_KEEPALIVE of a new connection. */
const connecting = [
  'python3',
  '-c',
  `import socket
listening = socket.create_server(('127.0.0.1', 0))
print(socket.create_connection(listening.getsockname()).getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))`,
]

describe('the node agent', () => {
  const cluster = useCluster()
  let namespace: Namespace

  beforeAll(async () => {
    if (hasNoCluster()) return
    await serveClients(await namespaceOn(cluster, serversNamespace))
    namespace = await namespaceOn(cluster, 'by-node', { ...byNode, ...restrictedNamespace })
    await namespace.apply(runtimesPod('runtimes'))
    await namespace.ready('pod/runtimes')
  })

  afterAll(() => {
    if (!hasNoCluster()) installLonghaul({ admin: adminOf(cluster) }, 'agent: {enabled: false}')
  })

  const newConnection = async () =>
    (await namespace.kubectl('exec', 'runtimes', '--container=python', '--', ...connecting)).trim()

  test('switches keepalive on in every runtime, for connections of before as well, and lets go again', async () => {
    const before = await timersOfRuntimes(namespace)
    expect(before).toMatchObject({ staticGo: 'none', nats: 'none', node: 'none', nginx: 'none' })

    installLonghaul({ admin: adminOf(cluster) }, 'agent: {enabled: true}')
    await expect.poll(() => timersOfRuntimes(namespace), { timeout: stepMs }).toEqual(all('Longhaul'))
    expect(await newConnection()).toBe('1')
    const [pod] = await namespace.pods('app=runtimes')
    expect(pod?.status?.containerStatuses?.map(each => each.restartCount)).toEqual(programs.map(() => 0))
    expect(pod?.metadata?.annotations ?? {}).not.toHaveProperty('longhaul.dev/status')

    await namespace.kubectl('label', 'namespace', namespace.name, 'longhaul.dev/keepalive-')
    await until('new connections have none', async () => (await newConnection()) === '0', stepMs)
  })
})
