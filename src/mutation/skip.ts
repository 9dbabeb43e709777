/** Why a pod is left alone altogether: one table, with a code for metrics and a sentence for people. */

import type { V1Pod } from '@kubernetes/client-node'
import type { Policy } from '../policy/levels.ts'
import { architectures } from './delivery.ts'
import type { Context } from './feature.ts'
import { isWindowsPod, takesArchitecture } from './nodes.ts'

export const skipReasons = {
  'opted-out': 'longhaul.dev/inject says false.',
  'not-asked': 'Neither the pod nor its namespace asks to be changed.',
  'excluded-namespace': 'The configuration excludes the namespace.',
  windows: 'Windows pods have no TCP options that Longhaul could set.',
  'no-architecture': 'The pod runs only on nodes of architectures that Longhaul has no files for.',
  'mirror-pod': 'A static pod of a kubelet: its mirror at the API server changes nothing.',
  'too-many-containers': 'The pod has more than 500 containers, and no node runs as many.',
  'no-containers': 'The pod has no containers.',
  'audit-only': 'longhaul.dev/inject says audit: what would be changed is said.',
  'not-a-pod-creation': 'The request is not the creation of a pod.',
  'answer-too-large': 'The change would be too large for an answer.',
} as const

/** A node runs 110 pods by default, and few containers in each: beyond this it is no pod that somebody means. */
const maxContainers = 500

export type SkipReason = keyof typeof skipReasons

/** The first reason to skip a pod, or undefined where there is none. */
export function skipReason(
  pod: V1Pod,
  policy: Policy,
  { config, namespace }: Context,
): SkipReason | undefined {
  if (policy.injection.refused) return 'opted-out'
  if (config.excludedNamespaces.has(namespace)) return 'excluded-namespace'
  if (pod.metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined) return 'mirror-pod'
  if (isWindowsPod(pod)) return 'windows'
  if (!policy.injection.asked) return 'not-asked'
  if (containerCount(pod) > maxContainers) return 'too-many-containers'
  if (!takesArchitecture(pod, architectures)) return 'no-architecture'
  return Array.isArray(pod.spec?.containers) && pod.spec.containers.length > 0 ? undefined : 'no-containers'
}

function containerCount({ spec }: V1Pod): number {
  return (spec?.containers?.length ?? 0) + (spec?.initContainers?.length ?? 0)
}
