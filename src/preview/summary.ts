/** The preview in one line a workload. */

import { auditOf, outcomeOf } from '../mutation/decide.ts'
import type { DoneByFeature } from '../mutation/status.ts'
import { problemText } from '../policy/problems.ts'
import type { Plan, PlannedWorkload } from './plan.ts'
import { printableLine } from './printable.ts'
import type { Style } from './style.ts'
import { table } from './table.ts'

/** A table of all workloads, their problems, and the count of each outcome. */
export function printSummary(plan: Plan, style: Style): string {
  const head = ['KIND', 'NAMESPACE', 'NAME', 'OUTCOME', 'WHAT', 'PROBLEMS']
  const rows = table([head, ...plan.workloads.map(summaryRow)])
  const problems = plan.workloads.flatMap(({ object, name, problems }) =>
    problems.map(each => style('yellow', printableLine(`${object.kind} ${name}: ${problemText(each)}`))),
  )
  return `${[...rows, ...problems, totals(plan)].join('\n')}\n`
}

/** The cells of a workload: kind, namespace, name, outcome, what was done or why not, number of problems. */
export function summaryRow({ object, namespace, name, decision, problems }: PlannedWorkload): string[] {
  const { mutation } = decision
  const audit = auditOf(mutation)
  const done = mutation.outcome === 'skipped' ? audit : mutation.done
  const what = done === undefined && mutation.outcome === 'skipped' ? mutation.reason : listed(done)
  return [object.kind, namespace, name, outcomeOf(decision), what, String(problems.length)]
}

function listed(done: DoneByFeature = {}): string {
  return Object.keys(done).join(',')
}

function totals({ workloads }: Plan): string {
  const count = (outcome: string) => workloads.filter(each => outcomeOf(each.decision) === outcome).length
  const audited = count('audited') === 0 ? '' : `, ${count('audited')} audited`
  const denied = count('denied') === 0 ? '' : `, ${count('denied')} denied`
  return `${workloads.length} workloads: ${count('mutated')} mutated, ${count('unchanged')} unchanged, ${count('skipped')} skipped${audited}${denied}`
}
