/** Services, their EndpointSlices and pods with addresses; what would make them is played. */

import {
  CoreV1Api,
  DiscoveryV1Api,
  type V1Endpoint,
  type V1EndpointSlice,
  type V1Pod,
} from '@kubernetes/client-node'
import { onTestFinished } from 'vitest'
import { undefinedIfMissing } from '../../src/cluster/client/client.ts'
import type { ControlPlane } from './control-plane.ts'

export interface Endpoints {
  /** A pod that runs on the node with this address, until the end of the test. */
  pod(name: string, address: string, node: string): Promise<V1Pod>
  /** Removes it by force, as if its kubelet were not there. */
  removePod(name: string): Promise<void>
  /** A Service with these pods. */
  service(name: string, pods: readonly V1Pod[], annotations?: Record<string, string>): Promise<void>
  /** Puts these in the place of the Service's endpoints. */
  lead(service: string, pods: readonly V1Pod[]): Promise<void>
}

/** In a namespace that is there. */
export function endpointsIn({ admin }: Pick<ControlPlane, 'admin'>, namespace: string): Endpoints {
  const core = admin.config.makeApiClient(CoreV1Api)
  const discovery = admin.config.makeApiClient(DiscoveryV1Api)
  const removePod = async (name: string) => {
    await core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 }).catch(undefinedIfMissing)
  }
  return {
    async pod(name, address, node) {
      const spec = { nodeName: node, containers: [{ name: 'app', image: 'example.com/app' }] }
      await core.createNamespacedPod({ namespace, body: { metadata: { name }, spec } })
      onTestFinished(() => removePod(name))
      const status = { phase: 'Running', podIP: address, podIPs: [{ ip: address }] }
      const body = Object.entries(status).map(([key, value]) => ({
        op: 'add',
        path: `/status/${key}`,
        value,
      }))
      return core.patchNamespacedPodStatus({ namespace, name, body })
    },
    removePod,
    async service(name, pods, annotations = {}) {
      const spec = { ports: [{ port: 80 }] }
      await core.createNamespacedService({ namespace, body: { metadata: { name, annotations }, spec } })
      await discovery.createNamespacedEndpointSlice({ namespace, body: sliceOf(name, pods) })
    },
    async lead(name, pods) {
      await discovery.replaceNamespacedEndpointSlice({ namespace, name, body: sliceOf(name, pods) })
    },
  }
}

/** Makes a node that is Ready, or of which nothing is heard. */
export async function createNode(
  { admin }: Pick<ControlPlane, 'admin'>,
  name: string,
  isReady: boolean,
): Promise<void> {
  const core = admin.config.makeApiClient(CoreV1Api)
  await core.createNode({ body: { metadata: { name } } })
  const value = [{ type: 'Ready', status: isReady ? 'True' : 'Unknown', reason: 'Played', message: '' }]
  await core.patchNodeStatus({ name, body: [{ op: 'add', path: '/status/conditions', value }] })
}

function sliceOf(service: string, pods: readonly V1Pod[]): V1EndpointSlice {
  return {
    metadata: { name: service, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    endpoints: pods.map(endpointOf),
    ports: [{ port: 8080 }],
  }
}

function endpointOf({ metadata, spec, status }: V1Pod): V1Endpoint {
  const { name = '', namespace = '', uid = '' } = metadata ?? {}
  return {
    addresses: [status?.podIP ?? ''],
    nodeName: spec?.nodeName ?? '',
    targetRef: { kind: 'Pod', name, namespace, uid },
  }
}
