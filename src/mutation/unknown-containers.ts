/** Names in `longhaul.dev/containers` that fit no container which could be changed. */

import type { V1Pod } from '@kubernetes/client-node'
import { type Policy, podPlace } from '../policy/levels.ts'
import type { Problem } from '../policy/problems.ts'
import { nearest } from '../policy/value-types.ts'
import { appContainers, isMeshProxy, nativeSidecars } from './containers.ts'

/**
 * A problem for each such name that the pod itself lists; a profile's list is made for many pods, so names
 * that are absent from one of them are no mistake.
 */
export function unknownContainers(pod: V1Pod, policy: Policy): Problem[] {
  const listed = policy.values.containers
  if (listed === undefined || policy.sources.containers !== podPlace) return []
  const chosen = [...appContainers(pod, policy), ...nativeSidecars(pod, policy)].map(({ name }) => name)
  const containers = pod.spec?.containers ?? []
  const proxies = containers.filter(isMeshProxy).map(({ name }) => name)
  const others = containers.map(({ name }) => name).filter(name => !proxies.includes(name))
  return listed
    .filter(name => !chosen.includes(name))
    .map(name => ({
      key: 'containers',
      value: name,
      place: podPlace,
      ...(proxies.includes(name)
        ? { rule: 'is a proxy, which Longhaul leaves alone', fix: 'leave it out' }
        : { rule: 'is no container of the pod', fix: `write ${nearest(name, others) ?? oneOf(others)}` }),
      effect: 'The name has no effect.',
    }))
}

function oneOf(names: readonly string[]): string {
  return names.length === 1 ? String(names[0]) : `one of ${names.join(', ')}`
}
