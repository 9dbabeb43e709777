/** Pods and connections for tests. */

import type { V1Pod } from '@kubernetes/client-node'
import type { EndedConnection, ListedConnection } from '../../src/fleet/native-connection.ts'
import { accessTo, type FleetPod } from '../../src/fleet/pod-access.ts'

const mount = { name: 'longhaul', mountPath: '/opt/longhaul' }

/** A pod of containers that run, each with the files. */
export function podWith(containers: readonly string[], more: Partial<V1Pod> = {}): V1Pod {
  return {
    ...more,
    metadata: { namespace: 'prod', name: 'chat-1', uid: 'one', ...more.metadata },
    spec: {
      containers: containers.map(name => ({ name, volumeMounts: [mount] })),
      ...more.spec,
    },
    status: {
      phase: 'Running',
      podIPs: [{ ip: '10.1.0.1' }],
      containerStatuses: containers.map(name => runningStatus(name)),
      ...more.status,
    },
  }
}

export function runningStatus(name: string, containerID = `id-of-${name}`) {
  return { name, containerID, image: '', imageID: '', ready: true, restartCount: 0, state: { running: {} } }
}

/** The same as something that can be asked. */
export function fleetPod(containers: readonly string[], more: Partial<V1Pod> = {}): FleetPod {
  const access = accessTo(podWith(containers, more))
  if ('reason' in access) throw new Error(access.reason)
  return access
}

const common = {
  localAddress: '10.1.0.1',
  localPort: 40_000,
  remoteAddress: '10.0.0.7',
  remotePort: 6379,
  pid: 7,
  process: 'app',
  minimumAgeSeconds: 60,
  idleSeconds: 30,
}

export function listed(more: Partial<ListedConnection> = {}): ListedConnection {
  return {
    ...common,
    direction: 'out',
    receiveQueueBytes: 0,
    sendQueueBytes: 0,
    lastSentSeconds: 30,
    lastReceivedSeconds: 30,
    keepalive: true,
    keepaliveLeftSeconds: 12,
    userTimeoutSeconds: 90,
    retransmissions: 0,
    roundTripMicroseconds: 400,
    ...more,
  }
}

export function ended(
  outcome: EndedConnection['outcome'],
  more: Partial<EndedConnection> = {},
): EndedConnection {
  return { ...common, outcome, ...more }
}
