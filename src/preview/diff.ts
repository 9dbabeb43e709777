/** The preview for people: what each workload's pods get, why, and what is wrong. */

import { createTwoFilesPatch } from 'diff'
import { stringify } from 'yaml'
import { withDigits } from '../manifests/digits.ts'
import { templatePath, valueAt } from '../manifests/workloads.ts'
import { auditTexts } from '../mutation/audit.ts'
import { auditOf, type Decision } from '../mutation/decide.ts'
import { skipReasons } from '../mutation/skip.ts'
import { problemText } from '../policy/problems.ts'
import { formatValue, keys } from '../policy/settings.ts'
import { colourLine } from './diff-lines.ts'
import { keepaliveNotes } from './keepalive-notes.ts'
import { keepaliveSentences } from './keepalive-sentence.ts'
import { title } from './located.ts'
import type { Plan, PlannedWorkload } from './plan.ts'
import { printableLine } from './printable.ts'
import type { Style } from './style.ts'
import { table } from './table.ts'

/** A section for each workload. */
export function printDiff(plan: Plan, style: Style): string {
  if (plan.workloads.length === 0) return 'No workload in the input.\n'
  return plan.workloads.map(workload => section(workload, style)).join('\n')
}

function section(workload: PlannedWorkload, style: Style): string {
  const { object, namespace, document } = workload
  const place = printableLine(`${document.file}, document ${document.number}`)
  const head = `${style('bold', `${title(object)}`)} in namespace ${printableLine(namespace)} (${place})`
  const lines = [
    `${head}: ${verdict(workload)}`,
    ...difference(workload, style),
    ...reasonLines(workload),
    ...problemLines(workload, style),
  ]
  return `${lines.join('\n')}\n`
}

/** What is to become of the pods, in a sentence. */
export function verdict({ decision: { mutation, denial }, problems }: PlannedWorkload): string {
  if (denial !== undefined) return 'denied, as the configuration is strict.'
  const audit = auditOf(mutation)
  if (audit !== undefined) return ['left alone, audit only.', ...auditTexts(audit)].join('\n  ')
  if (mutation.outcome === 'skipped') return `left alone. ${skipReasons[mutation.reason]}`
  if (mutation.outcome === 'unchanged') {
    return problems.length > 0
      ? 'unchanged; see the problems.'
      : 'unchanged; it has all that its settings ask for.'
  }
  return `changed by ${Object.keys(mutation.done).join(', ')}.`
}

function difference({ object, changed }: PlannedWorkload, style: Style): string[] {
  if (object === changed) return []
  const [before, after] = [object, changed].map(each =>
    stringify(template(each), withDigits, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false }),
  )
  const text = createTwoFilesPatch('before', 'after', before ?? '', after ?? '', '', '', { context: 3 })
  const lines = text.trimEnd().split('\n')
  return lines
    .slice(lines.findIndex(line => line.startsWith('@@')))
    .map(line => `  ${colourLine(line, style)}`)
}

/** Metadata and spec, which is all that the pods get. */
function template(object: PlannedWorkload['object']): unknown {
  const { metadata, spec } = valueAt(object, templatePath(object)) as Record<string, unknown>
  return { metadata, spec }
}

/**
 * Every setting with its source, after an empty line, then what the keepalive does that the pods get, and what may keep
 * it from them. Of pods that are left alone only the last.
 */
export function reasonLines({ decision }: PlannedWorkload): string[] {
  const keepalive = [...keepaliveSentences(decision), ...keepaliveNotes(decision)]
  return [
    ...(decision.mutation.outcome === 'skipped' ? [] : settingLines(decision)),
    ...keepalive.map(each => `  ${printableLine(each)}`),
  ]
}

function settingLines({ policy }: Decision): string[] {
  const { values, sources, injection } = policy
  const rows = keys
    .filter(key => values[key] !== undefined && key !== 'inject')
    .map(key => [key, formatValue(key, values[key]), sources[key]])
  const asked = ['inject', String(injection.asked), injection.source]
  return ['', '  Settings, and where they come from:', ...table([asked, ...rows]).map(row => `    ${row}`)]
}

/** The problems under a heading, after an empty line; nothing without any. */
export function problemLines(workload: PlannedWorkload, style: Style): string[] {
  if (workload.problems.length === 0) return []
  return [
    '',
    '  Problems:',
    ...workload.problems.map(each => `    ${style('yellow', printableLine(problemText(each)))}`),
  ]
}
