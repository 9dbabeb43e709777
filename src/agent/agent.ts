/** What runs on each node: it follows the pods there and the namespaces, and has the kernel do what policies want. */

import type { V1Pod } from '@kubernetes/client-node'
import type { Logger } from 'pino'
import type { WatchedFile } from '../admission/watched-file.ts'
import { type ClusterClient, reasonOf } from '../cluster/client/client.ts'
import { createFollower } from '../cluster/client/follower.ts'
import { createNamespaces } from '../cluster/namespaces.ts'
import type { Config } from '../policy/config.ts'
import type { FailureReason, NodeKeepalive } from './keepalive/node-keepalive.ts'
import { findPodCgroups } from './keepalive/pod-cgroups.ts'
import { createPodKeepalive } from './keepalive/pod-keepalive.ts'
import { wantedKeepalive } from './keepalive/wanted.ts'
import type { AgentMetrics } from './metrics.ts'
import { neededOf, podsOfNode } from './node-pods.ts'
import { warnOf } from './pod-events.ts'

export interface AgentOptions {
  client: ClusterClient
  /** The name of the node that it runs on. */
  node: string
  config: WatchedFile<Config>
  /** The root of the hierarchy of cgroups, version 2. */
  cgroups: string
  keepalive: NodeKeepalive
  log: Logger
  metrics: AgentMetrics
  stop: AbortSignal
}

export interface Agent {
  /** What it waits for before it does anything, in words. */
  awaited(): string[]
}

/** Begins to work, until it is stopped. What it has the kernel do stays then. */
export function startAgent(options: AgentOptions): Agent {
  const { client, node, config, cgroups, keepalive, log, metrics, stop } = options
  const namespaces = createNamespaces(client)
  const follower = createFollower(client.watch, log, metrics, stop)
  const awaited = new Set(['the pods', 'the namespaces'])
  const pods = createPodKeepalive({
    async wanted(pod) {
      const name = pod.metadata?.namespace ?? ''
      return wantedKeepalive(pod, { name, labels: await namespaces.labelsOf(name) }, config.current())
    },
    findCgroups: () => findPodCgroups(cgroups),
    keepalive,
    done(pod, settings, notes) {
      log.info({ ...placeOf(pod), settings }, textOf(settings))
      for (const note of notes)
        log.warn({ ...placeOf(pod), problem: note }, 'connections that were not reached')
    },
    failed: (pod, reason, message) => report(options, pod, reason, message),
    stop,
  })
  metrics.showPods(pods.counts)
  config.onChange(pods.reconsider)
  const { events } = namespaces
  follower(namespaces.resource, {
    listed(objects) {
      events.listed(objects)
      pods.reconsider()
    },
    changed(object) {
      events.changed(object)
      pods.reconsider()
    },
    removed: events.removed,
    current: () => void awaited.delete('the namespaces'),
  })
  follower(podsOfNode(client, node), {
    listed: pods.listed,
    changed: pod => pods.changed(neededOf(pod)),
    removed: pods.removed,
    current: () => void awaited.delete('the pods'),
  })
  return { awaited: () => [...awaited] }
}

function textOf(settings: string | null): string {
  return settings === null ? 'keepalive by the kernel ended' : 'keepalive by the kernel'
}

/** In the log, the metrics, and where people look for it: among the events of the pod. */
function report(options: AgentOptions, pod: V1Pod, reason: FailureReason, problem: string): void {
  const { client, node, log, metrics } = options
  metrics.countFailure(reason)
  log.warn({ ...placeOf(pod), reason, problem }, 'keepalive by the kernel could not be changed')
  warnOf({ core: client.core, node }, pod, 'KeepaliveFailed', `Longhaul, keepalive: node: ${problem}`).catch(
    (error: unknown) => log.warn({ ...placeOf(pod), problem: reasonOf(error) }, 'no event could be made'),
  )
}

function placeOf({ metadata }: V1Pod): { namespace: string | undefined; pod: string | undefined } {
  return { namespace: metadata?.namespace, pod: metadata?.name }
}
