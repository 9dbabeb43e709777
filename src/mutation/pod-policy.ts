/** What holds for a pod. */

import type { V1Pod } from '@kubernetes/client-node'
import type { Config } from '../policy/config.ts'
import type { Policy } from '../policy/levels.ts'
import { policyFor } from '../policy/policies.ts'
import { runsToCompletion } from './owner.ts'

/** The policy for a pod, in a namespace with these labels. */
export function podPolicy(
  pod: V1Pod,
  namespaceLabels: Readonly<Record<string, string>>,
  config: Config,
): Policy {
  return policyFor(
    {
      annotations: pod.metadata?.annotations,
      podLabels: pod.metadata?.labels,
      namespaceLabels,
      runsToCompletion: runsToCompletion(pod),
    },
    config,
  )
}
