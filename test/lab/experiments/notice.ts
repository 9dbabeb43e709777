/** Seconds to notice, as a table. */

import type { Observation, Table } from './experiment.ts'

/** A row for each subject and circumstance, a column for each variant. */
export function noticeTable(observations: readonly Observation[]): Table {
  const variants = unique(observations.map(({ variant }) => variant))
  const rows = unique(observations.map(({ subject, circumstance }) => `${subject}\0${circumstance}`))
  return {
    head: ['client', 'what happens', ...variants],
    rows: rows.map(key => {
      const [subject = '', circumstance = ''] = key.split('\0')
      const of = (variant: string) =>
        observations.find(
          each => each.subject === subject && each.circumstance === circumstance && each.variant === variant,
        )
      return [subject, circumstance, ...variants.map(variant => cell(of(variant)))]
    }),
  }
}

function cell(observation: Observation | undefined): string {
  if (observation === undefined) return ''
  const { seconds } = observation.figures
  return typeof seconds === 'number' ? `${seconds.toFixed(1)} s` : 'never'
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}
