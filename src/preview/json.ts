/** The preview for programs. */

import { writeJson } from '../manifests/digits.ts'
import { outcomeOf } from '../mutation/decide.ts'
import { type Operation, patchBetween } from '../mutation/patch.ts'
import { problemText } from '../policy/problems.ts'
import { formatValue, type Key, keys } from '../policy/settings.ts'
import { keepaliveFound } from './keepalive-found.ts'
import type { Plan, PlannedWorkload } from './plan.ts'

/** An array with everything about each workload. The patch is that of the pod: what the webhook would answer. */
export function printJson({ workloads }: Plan): string {
  return `${writeJson(workloads.map(describe), 2)}\n`
}

/** All about a workload, without a cluster. */
export function describe(workload: PlannedWorkload) {
  const { object, namespace, name, decision, problems } = workload
  const { mutation, patch } = decision
  return {
    kind: object.kind,
    namespace,
    name,
    outcome: outcomeOf(decision),
    reason: mutation.outcome === 'skipped' ? mutation.reason : null,
    patch,
    pod: mutation.pod,
    settings: settingsOf(workload),
    keepalive: keepaliveFound(decision),
    problems: problems.map(each => ({ ...each, text: problemText(each) })),
  }
}

function settingsOf({ decision: { policy } }: PlannedWorkload) {
  const entry = (key: Key) => [
    key,
    { value: formatValue(key, policy.values[key]), source: policy.sources[key] },
  ]
  return Object.fromEntries(keys.filter(key => policy.values[key] !== undefined).map(entry))
}

/** An array with a JSON patch for each workload that changes; of the object itself, as `kubectl patch` takes it. */
export function printPatch({ workloads }: Plan): string {
  const entries = workloads
    .filter(({ object, changed }) => object !== changed)
    .map(workload => {
      const { object, namespace, name } = workload
      return { kind: object.kind, namespace, name, patch: objectPatch(workload) }
    })
  return `${writeJson(entries, 2)}\n`
}

/** The patch of the object itself, whose pod template changes. */
export function objectPatch({ object, changed }: PlannedWorkload): Operation[] {
  return patchBetween(object, changed)
}
