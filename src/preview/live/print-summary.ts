/** The preview with a cluster, in one line a workload. */

import { problemText } from '../../policy/problems.ts'
import { printableLine } from '../printable.ts'
import type { Style } from '../style.ts'
import { summaryRow } from '../summary.ts'
import { table } from '../table.ts'
import { type LivePlan, type LiveWorkload, otherWarnings, unreadFor } from './plan.ts'
import { incomparable } from './unread.ts'

/** Of a summary's cells. */
const outcomeColumn = 3

/** A table of all workloads, then problems and differences. */
export function printLiveSummary({ workloads }: LivePlan, style: Style): string {
  const head = ['KIND', 'NAMESPACE', 'NAME', 'EXPECTED', 'WHAT', 'PROBLEMS', 'CLUSTER']
  const rows = table([head, ...workloads.map(each => [...expectedCells(each), clusterWord(each)])])
  const remarks = workloads.flatMap(each =>
    remarksOn(each).map(remark =>
      style('yellow', printableLine(`${each.object.kind} ${each.name}: ${remark}`)),
    ),
  )
  return `${[...rows, ...remarks].join('\n')}\n`
}

/** With a question mark after the outcome where it rests on what could not be read. */
function expectedCells(workload: LiveWorkload): string[] {
  const cells = summaryRow(workload)
  if (unreadFor(workload).length === 0) return cells
  return cells.with(outcomeColumn, `${cells[outcomeColumn]}?`)
}

function clusterWord({ result }: LiveWorkload): string {
  if ('refusal' in result) return 'refused'
  if (result.differences.length > 0) return 'differs'
  return result.isLonghaulsWork ? 'mutated' : 'unchanged'
}

function remarksOn(workload: LiveWorkload): string[] {
  const { problems, result } = workload
  const differences = 'refusal' in result ? [] : result.differences
  const unread = unreadFor(workload)
  return [
    ...problems.map(problemText),
    ...differences,
    ...(unread.length > 0 ? [incomparable(unread)] : []),
    ...otherWarnings(workload).map(each => `warning: ${each}`),
  ]
}
