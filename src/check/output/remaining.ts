/** What remains to be found in pods when Longhaul has changed them, for the end of a preview. */

import { title } from '../../preview/located.ts'
import type { Plan } from '../../preview/plan.ts'
import { printableLine } from '../../preview/printable.ts'
import type { Style } from '../../preview/style.ts'
import { type Finding, findIn } from '../findings.ts'
import { colours } from './colours.ts'

/** Errors and warnings on workloads that ask for Longhaul, a line each under a heading; nothing without any. */
export function printRemaining(namespace: string) {
  return (plan: Plan, style: Style): string => {
    const asking = new Set(
      plan.workloads
        .filter(({ decision }) => decision.mutation.outcome !== 'skipped')
        .map(({ object }) => object),
    )
    const remaining = findIn(plan, { namespace }).findings.filter(
      ({ at, rule }) => asking.has(at.object) && rule.severity !== 'note',
    )
    if (remaining.length === 0) return ''
    const lines = remaining.map(each => `  ${line(each, style)}\n`).join('')
    return `\nWhat longhaul check finds in the pods as they would be:\n${lines}`
  }
}

function line({ rule, at, message }: Finding, style: Style): string {
  const head = style(colours[rule.severity], `${rule.severity} ${rule.id}`)
  return `${head} ${title(at.object)}: ${printableLine(message)}`
}
