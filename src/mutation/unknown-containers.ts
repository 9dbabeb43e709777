/** Names in `longhaul.dev/containers` that fit no container which could be changed. */

import type { V1Pod } from '@kubernetes/client-node'
import { type Policy, podPlace } from '../policy/levels.ts'
import type { Problem } from '../policy/problems.ts'
import { nearest } from '../policy/value-types.ts'
import { appContainers, nativeSidecars } from './containers.ts'

/**
 * A problem for each such name that the pod itself lists; a profile's list is made for many pods, so names
 * that are absent from one of them are no mistake.
 */
export function unknownContainers(pod: V1Pod, policy: Policy): Problem[] {
  const listed = policy.values.containers
  if (listed === undefined || policy.sources.containers !== podPlace) return []
  const chosen = [...appContainers(pod, policy), ...nativeSidecars(pod, policy)].map(({ name }) => name)
  const all = (pod.spec?.containers ?? []).map(({ name }) => name)
  return listed
    .filter(name => !chosen.includes(name))
    .map(name => ({
      key: 'containers',
      value: name,
      place: podPlace,
      rule: all.includes(name) ? 'is a proxy, which Longhaul leaves alone' : 'is no container of the pod',
      fix: `write ${nearest(name, all) ?? `one of ${all.join(', ')}`}`,
      effect: 'The name has no effect.',
    }))
}
