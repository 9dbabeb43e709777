/** The preview with a cluster, for people: the whole chain's change, Longhaul's part of it, and why. */

import { problemLines, reasonLines, verdict } from '../diff.ts'
import { title } from '../located.ts'
import { printableLine } from '../printable.ts'
import type { Style } from '../style.ts'
import { chainDiff, longhaulsMark } from './chain-diff.ts'
import {
  type Admitted,
  clusterPlace,
  type LivePlan,
  type LiveWorkload,
  otherWarnings,
  unreadFor,
} from './plan.ts'
import { incomparable } from './unread.ts'

/** A section for each workload. */
export function printLiveDiff({ workloads }: LivePlan, style: Style): string {
  if (workloads.length === 0) return 'No workload in the input.\n'
  return workloads.map(workload => section(workload, style)).join('\n')
}

function section(workload: LiveWorkload, style: Style): string {
  const { object, namespace, document, result } = workload
  const warnings = otherWarnings(workload)
  const settings = unreadFor(workload).length === 0 ? 'its settings' : 'what can be read of its settings'
  const place =
    document.file === clusterPlace
      ? clusterPlace
      : printableLine(`${document.file}, document ${document.number}`)
  const lines = [
    `${style('bold', title(object))} in namespace ${printableLine(namespace)} (${place})`,
    `  By ${settings}: ${verdict(workload)}`,
    ...('refusal' in result
      ? ['  In the cluster: its pods are refused, see the message.']
      : admission(result, style)),
    ...reasonLines(workload),
    ...problemLines(workload, style),
    ...(warnings.length === 0 ? [] : ['', '  Warnings of the cluster:']),
    ...warnings.map(each => `    ${style('yellow', printableLine(each))}`),
  ]
  return `${lines.join('\n')}\n`
}

function admission(result: Admitted, style: Style): string[] {
  const part = result.unread.length === 0 ? "Longhaul's part" : "Longhaul's part, as far as it can be told"
  return [
    `  In the cluster: ${outcome(result)}`,
    ...result.differences.map(each => `    ${style('yellow', printableLine(each))}`),
    '',
    `  The whole admission chain, from the pod as it was sent; ${longhaulsMark}: ${part}.`,
    ...chainDiff(result, style).map(line => `  ${line}`),
  ]
}

function outcome({ isLonghaulsWork, differences, unread }: Admitted): string {
  const what = isLonghaulsWork ? 'changed by Longhaul' : 'not changed by Longhaul'
  if (unread.length > 0) return `${what}, which ${incomparable(unread)}.`
  return differences.length === 0 ? `${what}, as expected.` : `${what}, not as expected:`
}
