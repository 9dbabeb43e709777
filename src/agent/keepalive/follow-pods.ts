/** Kernel keepalive on the pods of the node, by their policies, with what is said of it. */

import type { V1Namespace, V1Pod } from '@kubernetes/client-node'
import { neededOf } from '../node-pods.ts'
import type { Surroundings, Told } from '../surroundings.ts'
import { warnOf } from '../warnings.ts'
import type { FailureReason, NodeKeepalive } from './node-keepalive.ts'
import { findPodCgroups } from './pod-cgroups.ts'
import { createPodKeepalive } from './pod-keepalive.ts'
import { wantedKeepalive } from './wanted.ts'

export interface KeepaliveOptions {
  /** The root of the hierarchy of cgroups, version 2. */
  cgroups: string
  kernel: NodeKeepalive
}

/** Begins; gives what is to be told of the node's pods and of the namespaces, which it passes on. */
export function followPods(
  surroundings: Surroundings,
  { cgroups, kernel }: KeepaliveOptions,
): { pods: Told<V1Pod>; namespaces: Told<V1Namespace> } {
  const { namespaces, config, log, metrics, stop } = surroundings
  const pods = createPodKeepalive({
    async wanted(pod) {
      const name = pod.metadata?.namespace ?? ''
      return wantedKeepalive(pod, { name, labels: await namespaces.labelsOf(name) }, config.current())
    },
    findCgroups: () => findPodCgroups(cgroups),
    keepalive: kernel,
    done(pod, settings, notes) {
      log.info({ ...placeOf(pod), settings }, textOf(settings))
      for (const note of notes)
        log.warn({ ...placeOf(pod), problem: note }, 'connections that were not reached')
    },
    failed: (pod, reason, message) => report(surroundings, pod, reason, message),
    stop,
  })
  metrics.showPods(pods.counts)
  config.onChange(pods.reconsider)
  const { listed, changed, removed } = namespaces.events
  return {
    pods: { listed: pods.listed, changed: pod => pods.changed(neededOf(pod)), removed: pods.removed },
    namespaces: {
      listed(objects) {
        listed(objects)
        pods.reconsider()
      },
      changed(object) {
        changed(object)
        pods.reconsider()
      },
      removed,
    },
  }
}

function textOf(settings: string | null): string {
  return settings === null ? 'keepalive by the kernel ended' : 'keepalive by the kernel'
}

/** In the log, the metrics, and where people look for it: among the events of the pod. */
function report(surroundings: Surroundings, pod: V1Pod, reason: FailureReason, problem: string): void {
  surroundings.metrics.countFailure(reason)
  surroundings.log.warn({ ...placeOf(pod), reason, problem }, 'keepalive by the kernel could not be changed')
  const { name = '', namespace = '', uid = '' } = pod.metadata ?? {}
  const object = { kind: 'Pod', name, namespace, uid } as const
  void warnOf(surroundings, object, 'KeepaliveFailed', `Longhaul, keepalive: node: ${problem}`)
}

function placeOf({ metadata }: V1Pod): { namespace: string | undefined; pod: string | undefined } {
  return { namespace: metadata?.namespace, pod: metadata?.name }
}
