/** Keepalive timers on the sockets of real pods, as the kernel shows them in their network namespaces. */

import { CoreV1Api } from '@kubernetes/client-node'
import { beforeAll, describe, test } from 'vitest'
import { inject } from '../cluster/pods.ts'
import { adminOf } from './cluster/cluster.ts'
import { type Namespace, namespaceOn, podOf, serverOf } from './pods.ts'
import { clients, runtimesPod, servers } from './runtimes.ts'
import { hasNoCluster, useCluster } from './suite.ts'
import { type Connection, listing, readConnections } from './timers.ts'

/** Shorter than the kernel's 2 h. */
const idleSeconds = 600
const annotations = { 'longhaul.dev/keepalive-idle': `${idleSeconds}s` }
const bySysctl = { ...annotations, 'longhaul.dev/keepalive': 'sysctl' }
const restrictedNamespace = { 'pod-security.kubernetes.io/enforce': 'restricted' }
const waiting = { timeout: 90_000, interval: 500 }
const server = 'answer-later.keepalive-servers'
const pythonClient = ['python3', '/app/waiting.py', `http://${server}:8080/`]
const goClient = ['/app/waiting-go', 'system', `${server}:8080`]

/** Whose timer it is. */
type Timer = 'none' | 'Longhaul' | 'kernel'

describe.concurrent('keepalive', () => {
  const cluster = useCluster()

  beforeAll(async () => {
    if (hasNoCluster()) return
    const namespace = await namespaceOn(cluster, 'keepalive-servers')
    await namespace.apply(...serverOf('answer-later', 'answer-later'), portsForClients)
    await namespace.available('answer-later')
  })

  test('is on in every runtime, restricted and with a read-only root, but for Go', async ({ expect }) => {
    const namespace = await namespaceOn(cluster, 'runtimes', { ...inject, ...restrictedNamespace })
    await namespace.apply(runtimesPod('runtimes', annotations))
    await namespace.ready('pod/runtimes')
    await expect
      .poll(() => timersOfRuntimes(namespace), waiting)
      .toEqual({
        node: 'Longhaul',
        python: 'Longhaul',
        httpClient: 'Longhaul',
        urlConnection: 'Longhaul',
        musl: 'Longhaul',
        nginx: 'Longhaul',
        phpFpm: 'Longhaul',
        redis: 'Longhaul',
        postgresql: 'Longhaul',
        mosquitto: 'Longhaul',
        // What is preloaded doesn't reach these two, which make system calls themselves.
        staticGo: 'none',
        nats: 'none',
      })
  })

  test('is what each runtime makes of it without Longhaul', async ({ expect }) => {
    const namespace = await namespaceOn(cluster, 'runtimes-plain', restrictedNamespace)
    await namespace.apply(runtimesPod('runtimes'))
    await namespace.ready('pod/runtimes')
    await expect
      .poll(() => timersOfRuntimes(namespace), waiting)
      .toEqual({
        node: 'none',
        python: 'none',
        httpClient: 'none',
        urlConnection: 'none',
        musl: 'none',
        nginx: 'none',
        phpFpm: 'none',
        redis: 'none',
        postgresql: 'kernel',
        mosquitto: 'none',
        staticGo: 'none',
        nats: 'none',
      })
  })

  test('by sysctl has its timers in programs that switch it on themselves, static ones too', async ({
    expect,
  }) => {
    const namespace = await namespaceOn(cluster, 'sysctls', inject)
    await namespace.apply(
      podOf('asked', goClient, { annotations: bySysctl }),
      podOf('opted-out', goClient, { annotations: { ...bySysctl, 'longhaul.dev/inject': 'false' } }),
    )
    await namespace.ready('pod/asked', 'pod/opted-out')
    await expect.poll(() => timerOfClient(namespace, 'asked'), waiting).toBe('Longhaul')
    await expect.poll(() => timerOfClient(namespace, 'opted-out'), waiting).toBe('kernel')
  })

  test('is on in pods with a user namespace of their own', async ({ expect, skip }) => {
    const core = adminOf(cluster).config.makeApiClient(CoreV1Api)
    const { items: nodes } = await core.listNode()
    const can = nodes.every(({ status }) =>
      status?.runtimeHandlers?.some(({ name, features }) => !name && features?.userNamespaces),
    )
    if (!can) skip('runc makes no user namespaces here: it does from version 1.2 on')
    const namespace = await namespaceOn(cluster, 'user-namespaces', inject)
    await namespace.apply(podOf('own', pythonClient, { annotations, spec: { hostUsers: false } }))
    await namespace.ready('pod/own')
    await expect.poll(() => timerOfClient(namespace, 'own'), waiting).toBe('Longhaul')
    const map = await namespace.kubectl('exec', 'own', '--', 'cat', '/proc/self/uid_map')
    expect(map.trim()).not.toMatch(/^0 +0 /)
  })

  test('is on in the pods of a Job, which completes', async ({ expect }) => {
    const namespace = await namespaceOn(cluster, 'jobs', inject)
    const script = `import socket
s = socket.create_connection(('${server}', 8080))
print(s.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE), s.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE))`
    const { spec } = podOf('job', ['python3', '-c', script])
    await namespace.apply({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'job' },
      spec: { template: { metadata: { annotations }, spec: { ...spec, restartPolicy: 'Never' } } },
    })
    await namespace.kubectl('wait', '--for=condition=Complete', '--timeout=120s', 'job/job')
    expect(await namespace.kubectl('logs', 'job/job')).toBe(`1 ${idleSeconds}\n`)
  })
})

/** The same server at a port for each client. */
const portsForClients = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'runtimes' },
  spec: {
    selector: { app: 'answer-later' },
    ports: Object.values(clients).map(({ port }) => ({ name: `from-${port}`, port, targetPort: 8080 })),
  },
}

async function timerOfClient(namespace: Namespace, pod: string): Promise<Timer | undefined> {
  const connections = readConnections(await namespace.kubectl('exec', pod, '--', ...listing))
  return timerOf(connections.find(({ remotePort }) => remotePort === 8080))
}

/** Connects to every server, and lists all connections of the pod. */
const listingAll = [
  'python3',
  '-c',
  `import socket, subprocess
ports = [${Object.values(servers).map(({ port }) => port)}]
held = [socket.create_connection(('localhost', port)) for port in ports]
subprocess.run('${listing.join(' ')}'.split(), check=True)`,
]

async function timersOfRuntimes(namespace: Namespace): Promise<Record<string, Timer | undefined>> {
  const lines = await namespace.kubectl('exec', 'runtimes', '--container=python', '--', ...listingAll)
  const connections = readConnections(lines)
  const timers = (programs: Record<string, { port: number }>, side: 'localPort' | 'remotePort') =>
    Object.entries(programs).map(([name, { port }]) => {
      return [name, timerOf(connections.find(each => each[side] === port))] as const
    })
  return Object.fromEntries([...timers(clients, 'remotePort'), ...timers(servers, 'localPort')])
}

function timerOf(connection: Connection | undefined): Timer | undefined {
  if (connection === undefined) return undefined
  const { keepaliveSeconds } = connection
  if (keepaliveSeconds === undefined) return 'none'
  return keepaliveSeconds <= idleSeconds ? 'Longhaul' : 'kernel'
}
