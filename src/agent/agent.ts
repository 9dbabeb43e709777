/** What runs on each node: it follows what is in the cluster, and has the node do what is wanted there. */

import type { KubernetesObject } from '@kubernetes/client-node'
import type { Resource } from '../cluster/client/follow.ts'
import { createFollower } from '../cluster/client/follower.ts'
import { createNamespaces } from '../cluster/namespaces.ts'
import { followPods, type KeepaliveOptions } from './keepalive/follow-pods.ts'
import { podsOfNode } from './node-pods.ts'
import { endpointSlices } from './stale-connections/endpoint-slices.ts'
import { followEndpoints } from './stale-connections/follow-endpoints.ts'
import type { NodeStale } from './stale-connections/node-stale.ts'
import type { Surroundings, Told } from './surroundings.ts'

export interface AgentOptions extends Omit<Surroundings, 'namespaces'> {
  keepalive: KeepaliveOptions
  /** Where it is left out, stale connections are left alone. */
  stale?: NodeStale
}

export interface Agent {
  /** What it waits for before it does anything, in words. */
  awaited(): string[]
}

/** Begins to work, until it is stopped. What it has the kernel do stays then. */
export function startAgent({ keepalive, stale, ...options }: AgentOptions): Agent {
  const { client, node, log, metrics, stop } = options
  const surroundings = { ...options, namespaces: createNamespaces(client) }
  const awaited = new Set<string>()
  const follower = createFollower(client.watch, log, metrics, stop)
  const follow = <T extends KubernetesObject>(name: string, resource: Resource<T>, told: Told<T>) => {
    awaited.add(name)
    follower(resource, { ...told, current: () => void awaited.delete(name) })
  }
  const { pods, namespaces } = followPods(surroundings, keepalive)
  follow('the namespaces', surroundings.namespaces.resource, namespaces)
  follow('the pods', podsOfNode(client, node), pods)
  if (stale !== undefined) {
    follow('the EndpointSlices', endpointSlices(client), followEndpoints(surroundings, stale))
  }
  return { awaited: () => [...awaited] }
}
