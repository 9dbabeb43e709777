/** The preview with a cluster, in one line a workload. */

import { problemText } from '../../policy/problems.ts'
import type { Style } from '../style.ts'
import { summaryRow } from '../summary.ts'
import { table } from '../table.ts'
import { type LivePlan, type LiveWorkload, otherWarnings } from './plan.ts'

/** A table of all workloads, then problems and differences. */
export function printLiveSummary({ workloads }: LivePlan, style: Style): string {
  const head = ['KIND', 'NAMESPACE', 'NAME', 'EXPECTED', 'WHAT', 'PROBLEMS', 'CLUSTER']
  const rows = table([head, ...workloads.map(each => [...summaryRow(each), clusterWord(each)])])
  const remarks = workloads.flatMap(each =>
    remarksOn(each).map(remark => style('yellow', `${each.object.kind} ${each.name}: ${remark}`)),
  )
  return `${[...rows, ...remarks].join('\n')}\n`
}

function clusterWord({ result }: LiveWorkload): string {
  if ('refusal' in result) return 'refused'
  if (result.differences.length > 0) return 'differs'
  return result.isLonghaulsWork ? 'mutated' : 'unchanged'
}

function remarksOn(workload: LiveWorkload): string[] {
  const { problems, result } = workload
  const differences = 'refusal' in result ? [] : result.differences
  return [
    ...problems.map(problemText),
    ...differences,
    ...otherWarnings(workload).map(each => `warning: ${each}`),
  ]
}
