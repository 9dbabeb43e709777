/** Results as Markdown: the same for a terminal, for table.md and for the README. */

import type { Experiment, Table } from '../experiments/experiment.ts'
import type { ExperimentResult, Results } from './results.ts'

/** A table with columns of even width. */
export function markdownTable({ head, rows }: Table): string {
  const widths = head.map((title, column) =>
    Math.max(...[head, ...rows].map(row => (row[column] ?? '').length), title.length),
  )
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`
  return [line(head), `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join(
    '\n',
  )
}

/** An experiment: what was done, the table, or why there is none. */
export function experimentMarkdown(
  experiment: Experiment,
  { observations, failure }: ExperimentResult,
): string {
  const outcome =
    failure === undefined ? markdownTable(experiment.table(observations)) : `It failed: ${failure}`
  return `${experiment.about}\n\n${outcome}\n`
}

/** Where the figures come from: date, kernel, versions. */
export function provenance({ date, kernel, cores, scale, versions, missing }: Results): string {
  const timers =
    scale === 1
      ? 'Real timers.'
      : `All timers are divided by ${scale}, and so the seconds are, but for those of the cost.`
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const lacking = missing.length === 0 ? '' : ` Left out: ${missing.join('; ')}.`
  return `${timers} Measured on ${date.slice(0, 10)}, Linux ${kernel}, ${cores} cores; ${list.join(', ')}.${lacking}`
}
