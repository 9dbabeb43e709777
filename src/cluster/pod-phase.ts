/** How far a pod has come. */

import type { V1Pod } from '@kubernetes/client-node'

/** In these phases nothing of a pod runs any more. */
export const finishedPhases: readonly string[] = ['Succeeded', 'Failed']

/** Whether something of it may still run. */
export function isUnfinished({ status }: V1Pod): boolean {
  return !finishedPhases.includes(status?.phase ?? '')
}
