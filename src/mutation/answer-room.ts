/** How large a change may be for the webhook to answer with it. */

import type { V1Pod } from '@kubernetes/client-node'
import type { Operation } from './patch.ts'

/**
 * By how many characters an answer may be longer than what was asked: 64 KB, with room for those of warnings that take
 * more than one byte. A patch repeats what it adds to, and in base64, a third longer.
 */
export const maxSurplusLength = 48 * 1024

/** True where the change to a pod may be left out; of the pod that the API server will send, defaults are not known. */
export function mayLackRoom(pod: V1Pod, patch: readonly Operation[]): boolean {
  const patchLength = JSON.stringify(patch).length
  // Nearly all are far below.
  if (patchLength <= maxSurplusLength / 2) return false
  return (patchLength / 3) * 4 > JSON.stringify(pod).length + maxSurplusLength
}

/** What is said of such a change, about the pods of a workload. */
export const lackOfRoom =
  'the change to its pods is larger than the webhook answers, so that it may leave them unchanged'
