/** Figures as they are: a row for each variant, a column for each figure. */

import type { Observation, Table } from './experiment.ts'

/** The title is that of the variants. */
export function figuresTable(observations: readonly Observation[], title: string): Table {
  const figures = [...new Set(observations.flatMap(each => Object.keys(each.figures)))]
  return {
    head: [title, ...figures],
    rows: observations.map(({ variant, figures: values }) => [
      variant,
      ...figures.map(name => format(values[name])),
    ]),
  }
}

function format(figure: number | string | null | undefined): string {
  if (figure === undefined) return ''
  if (figure === null) return 'never'
  if (typeof figure === 'string' || Number.isInteger(figure)) return String(figure)
  return figure.toFixed(1)
}
