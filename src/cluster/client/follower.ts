/** Following several resources, with what interrupts them in the log and the metrics. */

import type { KubernetesObject, Watch } from '@kubernetes/client-node'
import type { Logger } from 'pino'
import type { ClusterMetrics } from '../metrics.ts'
import { type FollowEvents, follow, type Resource } from './follow.ts'

/** Begins to follow a resource; events that are left out are ignored. */
export type Follower = <T extends KubernetesObject>(
  resource: Resource<T>,
  events: Partial<Omit<FollowEvents<T>, 'interrupted'>>,
) => void

const ignore = () => {}

export function createFollower(
  watch: Watch,
  log: Logger,
  metrics: Pick<ClusterMetrics, 'countInterruption'>,
  stop: AbortSignal,
): Follower {
  return (resource, { listed = ignore, changed = ignore, removed = ignore, current = ignore }) => {
    const name = resource.path.split('/').at(-1) ?? ''
    const interrupted = (reason: string, problem: string) => {
      metrics.countInterruption(name, reason)
      log.warn({ resource: name, reason, problem }, 'watch broke off; it goes on in a moment')
    }
    void follow(watch, resource, { listed, changed, removed, current, interrupted }, stop)
  }
}
