/** Who made a pod. */

import type { V1OwnerReference, V1Pod } from '@kubernetes/client-node'

/** The controller that a pod belongs to. */
export function ownerOf(pod: V1Pod): V1OwnerReference | undefined {
  return pod.metadata?.ownerReferences?.find(({ controller }) => controller === true)
}

/** True for pods of Jobs, which take no traffic and are not rolled out. */
export function isJobPod(pod: V1Pod): boolean {
  return ownerOf(pod)?.kind === 'Job'
}
