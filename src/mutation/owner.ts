/** Who made a pod, and whether it is made to end by itself. */

import type { V1OwnerReference, V1Pod } from '@kubernetes/client-node'

/** The controller that a pod belongs to. */
export function ownerOf(pod: V1Pod): V1OwnerReference | undefined {
  return pod.metadata?.ownerReferences?.find(({ controller }) => controller === true)
}

/**
 * True for pods that run to completion, which take no traffic and are not rolled out: those of Jobs, also in manifests
 * that leave out the restart policy, and those of others that are not started again where they succeed.
 */
export function runsToCompletion(pod: V1Pod): boolean {
  const policy = pod.spec?.restartPolicy
  return policy === 'Never' || policy === 'OnFailure' || ownerOf(pod)?.kind === 'Job'
}
