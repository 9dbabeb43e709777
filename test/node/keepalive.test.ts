/** Keepalive timers on the sockets of real pods, as the kernel shows them in their network namespaces. */

import { CoreV1Api } from '@kubernetes/client-node'
import { beforeAll, describe, test } from 'vitest'
import { inject } from '../cluster/pods.ts'
import { adminOf } from './cluster/cluster.ts'
import { type Namespace, namespaceOn, podOf } from './pods.ts'
import { idleSeconds, serveClients, type Timer, timerOf, timersOfRuntimes } from './runtime-timers.ts'
import { runtimesPod, serversNamespace } from './runtimes.ts'
import { hasNoCluster, useCluster } from './suite.ts'
import { listing, readConnections } from './timers.ts'

const annotations = { 'longhaul.dev/keepalive-idle': `${idleSeconds}s` }
const bySysctl = { ...annotations, 'longhaul.dev/keepalive': 'sysctl' }
const restrictedNamespace = { 'pod-security.kubernetes.io/enforce': 'restricted' }
const waiting = { timeout: 90_000, interval: 500 }
const server = `answer-later.${serversNamespace}`
const pythonClient = ['python3', '/app/waiting.py', `http://${server}:8080/`]
const goClient = ['/app/waiting-go', 'system', `${server}:8080`]

describe.concurrent('keepalive', () => {
  const cluster = useCluster()

  beforeAll(async () => {
    if (hasNoCluster()) return
    const namespace = await namespaceOn(cluster, serversNamespace)
    await serveClients(namespace)
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

async function timerOfClient(namespace: Namespace, pod: string): Promise<Timer | undefined> {
  const connections = readConnections(await namespace.kubectl('exec', pod, '--', ...listing))
  return timerOf(connections.find(({ remotePort }) => remotePort === 8080))
}
