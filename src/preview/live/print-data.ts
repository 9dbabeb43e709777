/** The preview with a cluster, for programs: JSON, patches, the pods as YAML. */

import { stringify } from 'yaml'
import { withDigits, writeJson } from '../../manifests/digits.ts'
import { type Operation, patchBetween } from '../../mutation/patch.ts'
import { describe } from '../json.ts'
import { title } from '../located.ts'
import { printableLine } from '../printable.ts'
import type { Admitted, LivePlan, LiveWorkload } from './plan.ts'

/** What a preview without a cluster prints of each workload, and in `live` what the cluster said. */
export function printLiveJson({ workloads }: LivePlan): string {
  const entries = workloads.map(each => ({ ...describe(each), live: liveOf(each) }))
  return `${writeJson(entries, 2)}\n`
}

function liveOf({ result, warnings }: LiveWorkload) {
  if ('refusal' in result) {
    const { refusal, cause = null } = result
    return {
      admitted: false,
      refusal,
      cause,
      longhaul: false,
      differences: [],
      unread: [],
      sent: null,
      pod: null,
      changed: [],
      warnings,
    }
  }
  const { sent, answered, isLonghaulsWork: longhaul, differences, unread } = result
  return {
    admitted: true,
    refusal: null,
    cause: null,
    longhaul,
    differences,
    unread,
    sent,
    pod: answered,
    changed: chainPatch(result),
    warnings,
  }
}

/** An array with the JSON patch of the whole chain for each workload, from the pod as it was sent. */
export function printLivePatch({ workloads }: LivePlan): string {
  const entries = workloads.flatMap(({ object: { kind }, namespace, name, result }) =>
    'refusal' in result ? [] : [{ kind, namespace, name, patch: chainPatch(result) }],
  )
  return `${writeJson(entries, 2)}\n`
}

/** The patch of the whole chain. */
export function chainPatch({ sent, answered }: Admitted): Operation[] {
  return patchBetween(sent, answered)
}

/** The pods as the cluster would create them, a document each. */
export function printLiveYaml({ workloads }: LivePlan): string {
  return workloads.map(podDocument).join('---\n')
}

function podDocument({ object, namespace, result }: LiveWorkload): string {
  const head = `# The pod of ${title(object)} in namespace ${printableLine(namespace)}`
  if ('refusal' in result) return `${head} is refused by the cluster.\n`
  const options = { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false } as const
  return `${head}\n${stringify(result.answered, withDigits, options)}`
}
