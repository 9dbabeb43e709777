/** Names in `longhaul.dev/containers` that fit no container which could be changed. */

import type { V1Pod } from '@kubernetes/client-node'
import { type Policy, podPlace } from '../policy/levels.ts'
import { nearest } from '../policy/nearest.ts'
import { type Problem, printable } from '../policy/problems.ts'
import { appContainers, isMeshProxy, nativeSidecars } from './containers.ts'

/**
 * A problem for each such name that the pod itself lists; a profile's list is made for many pods, so names
 * that are absent from one of them are no mistake.
 */
export function unknownContainers(pod: V1Pod, policy: Policy): Problem[] {
  const listed = policy.values.containers
  if (listed === undefined || policy.sources.containers !== podPlace) return []
  const chosen = new Set(
    [...appContainers(pod, policy), ...nativeSidecars(pod, policy)].map(({ name }) => name),
  )
  const containers = pod.spec?.containers ?? []
  const proxies = new Set(containers.filter(isMeshProxy).map(({ name }) => name))
  const others = containers.map(({ name }) => name).filter(name => !proxies.has(name))
  return listed
    .filter(name => !chosen.has(name))
    .map(name => ({
      key: 'containers',
      value: name,
      place: podPlace,
      ...(proxies.has(name)
        ? { rule: 'is a proxy, which Longhaul leaves alone', fix: 'leave it out' }
        : {
            rule: 'is no container of the pod',
            fix: `write ${printable(nearest(name, others) ?? oneOf(others), 63)}`,
          }),
      effect: 'The name has no effect.',
    }))
}

function oneOf(names: readonly string[]): string {
  return names.length === 1 ? String(names[0]) : `one of ${names.slice(0, 5).join(', ')}`
}
