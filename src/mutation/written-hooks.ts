/**
 * Hooks that an earlier run set and nobody has changed since: another run may put others in their place, where other
 * webhooks have brought what they do not know of, such as a proxy with ports for metrics.
 */

import type { V1Container, V1Pod } from '@kubernetes/client-node'
import { textsOf } from './feature.ts'
import { hookSummary } from './pre-stop-hook.ts'
import { readStatus } from './status.ts'

/** The name of the feature under which the status keeps what was set. */
export const preStopName = 'pre-stop'

/** Tells of which containers the pod's status says that their preStop hook, as it is there now, was set by Longhaul. */
export function writtenHooks(pod: V1Pod): (container: V1Container) => boolean {
  // Anybody may have written it.
  const { containers, set }: Record<string, unknown> = { ...readStatus(pod, preStopName) }
  if (typeof set !== 'string') return () => false
  const summaries = new Set(textsOf(set))
  // Of many containers only the number is kept.
  const names = Array.isArray(containers) ? new Set<unknown>(containers) : undefined
  return ({ name, lifecycle }) => {
    const isNamed = names === undefined ? typeof containers === 'number' : names.has(name)
    const summary = isNamed && lifecycle?.preStop != null ? hookSummary(lifecycle.preStop) : undefined
    return summary !== undefined && summaries.has(summary)
  }
}
