/** How long a pod has from its deletion to SIGKILL; hooks may not be longer. */

import type { V1Pod } from '@kubernetes/client-node'
import { wholeSeconds } from '../policy/duration.ts'
import type { Policy } from '../policy/levels.ts'

/** What the API server fills in where a pod names none; it does so before it calls webhooks. */
const apiDefaultSeconds = 30

/** The grace period that a pod has; the API server takes a negative one for a second (pkg/apis/core/v1/conversion.go). */
export function graceSeconds({ spec }: V1Pod): number {
  const seconds = Number(spec?.terminationGracePeriodSeconds ?? apiDefaultSeconds)
  return seconds < 0 ? 1 : seconds
}

/** How long a preStop hook may be; without bound where the grace period is raised by as much. */
export function hookLimitSeconds(pod: V1Pod, { values }: Policy): number {
  const setting = values['grace-period']
  if (setting === 'auto') return Number.POSITIVE_INFINITY
  return setting === 'off' ? graceSeconds(pod) : Math.max(graceSeconds(pod), wholeSeconds(setting))
}
