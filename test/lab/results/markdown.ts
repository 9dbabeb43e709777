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

/** An experiment: what was done, the table, and what failed. */
export function experimentMarkdown(
  experiment: Experiment,
  { observations, failure }: ExperimentResult,
): string {
  const parts = [
    experiment.about,
    observations.length === 0 ? '' : markdownTable(experiment.table(observations)),
    failure === undefined ? '' : `It failed, whole or in part: ${failure}`,
  ]
  return `${parts.filter(each => each !== '').join('\n\n')}\n`
}

/** Which times are the real ones. */
export function timersSentence(scale: number): string {
  return scale === 1
    ? 'All timers are the real ones.'
    : `Longhaul's and the clients' timers, pauses and work are divided by ${scale}; the start of processes and the 1 s between Node's own keepalive probes are not.`
}

/** Where the figures come from: date, kernel, versions. */
export function provenance(results: Results): string {
  const { kernel, cores, scale, versions, missing } = results
  const timers =
    scale === 1
      ? timersSentence(scale)
      : `${timersSentence(scale)} Seconds in tables are those of the lab, a ${scale}th of the real ones, but for those of the cost, of Node's own keepalive, of hangups and transfers while draining and of the unreachable host.`
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const lacking = missing.length === 0 ? '' : ` Left out: ${missing.join('; ')}.`
  return `${timers} Measured on ${days(results)}, Linux ${kernel}, ${cores} cores; ${list.join(', ')}.${lacking}`
}

function days({ date, experiments }: Results): string {
  const later = experiments.flatMap(({ name, date: own }) => {
    return own === undefined ? [] : [`${name} on ${own.slice(0, 10)}`]
  })
  return [date.slice(0, 10), ...later].join(', ')
}
