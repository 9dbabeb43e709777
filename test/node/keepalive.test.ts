/** Keepalive timers on the sockets of real pods, as the kernel shows them in their network namespaces. */

import type { V1Pod } from '@kubernetes/client-node'
import { beforeAll, describe, expect, test } from 'vitest'
import { inject } from '../cluster/pods.ts'
import { until } from '../cluster/until.ts'
import { type Namespace, namespaceOn, podOf, serverOf } from './pods.ts'
import { hasNoCluster, useCluster } from './suite.ts'

const annotations = { 'longhaul.dev/keepalive-idle': '45s' }
const addressOf = (server: string) => `${server}.keepalive-servers:8080`
const clients = {
  node: ['node', '/app/swarm.mjs', addressOf('sessions'), 'websocket', '1', '3600', '1'],
  python: ['python3', '/app/waiting.py', `http://${addressOf('answer-later')}/?after=3600`],
}
/** What a namespace that enforces it wants. */
const restricted: Partial<V1Pod['spec'] & object> = {
  securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: 'RuntimeDefault' } },
}
const restrictedContainer = {
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
}

describe('keepalive', () => {
  const cluster = useCluster()

  beforeAll(async () => {
    if (hasNoCluster()) return
    const servers = await namespaceOn(cluster, 'keepalive-servers')
    await servers.apply(...serverOf('sessions', 'sessions'), ...serverOf('answer-later', 'answer-later'))
    for (const name of ['sessions', 'answer-later']) await servers.available(name)
  })

  /** The pods in a namespace of their own; what the kernel says of a pod's connections to the servers. */
  async function connectionsOf(namespace: Namespace, pods: readonly V1Pod[]) {
    await namespace.apply(...pods)
    return async (name: string): Promise<string> => {
      await namespace.ready(`pod/${name}`)
      return namespace.kubectl(
        'exec',
        name,
        '--',
        'ss',
        '-tnoH',
        'state',
        'established',
        'dport',
        '=',
        ':8080',
      )
    }
  }

  /** Waits for the timer of a pod's one connection. Gives the seconds that are left of it. */
  async function timerOf(connections: () => Promise<string>): Promise<number> {
    let seconds: string | undefined
    await until('it has a keepalive timer', async () => {
      seconds = /timer:\(keepalive,([\d.]+)(?:sec|ms)/.exec(await connections())?.[1]
      return seconds !== undefined
    })
    return Number(seconds)
  }

  test('is on where the namespace asks for it, and off elsewhere', async () => {
    const injected = await connectionsOf(
      await namespaceOn(cluster, 'keepalive', inject),
      Object.entries(clients).map(([name, command]) => podOf(name, command, { annotations })),
    )
    const plain = await connectionsOf(
      await namespaceOn(cluster, 'keepalive-plain'),
      Object.entries(clients).map(([name, command]) => podOf(name, command)),
    )
    for (const name of Object.keys(clients)) {
      expect(await timerOf(() => injected(name))).toBeLessThanOrEqual(45)
      await until(`${name} is connected`, async () => (await plain(name)) !== '')
      expect(await plain(name)).not.toContain('keepalive')
    }
  })

  test('is on in a restricted namespace, with a root file system that is read-only', async () => {
    const labels = { ...inject, 'pod-security.kubernetes.io/enforce': 'restricted' }
    const parts = { annotations, spec: restricted, container: restrictedContainer }
    const connections = await connectionsOf(
      await namespaceOn(cluster, 'restricted', labels),
      Object.entries(clients).map(([name, command]) => podOf(name, command, parts)),
    )
    for (const name of Object.keys(clients))
      expect(await timerOf(() => connections(name))).toBeLessThanOrEqual(45)
  })

  test('is on in the pods of a Job, which completes', async () => {
    const namespace = await namespaceOn(cluster, 'jobs', inject)
    const script = `import socket
s = socket.create_connection(('answer-later.keepalive-servers', 8080))
print(s.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE), s.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE))`
    const { spec } = podOf('job', ['python3', '-c', script])
    await namespace.apply({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'job' },
      spec: { template: { metadata: { annotations }, spec: { ...spec, restartPolicy: 'Never' } } },
    })
    await namespace.kubectl('wait', '--for=condition=Complete', '--timeout=120s', 'job/job')
    expect(await namespace.kubectl('logs', 'job/job')).toBe('1 45\n')
  })
})
