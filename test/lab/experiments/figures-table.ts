/** Figures as they are: a row for each observation, a column for each figure. */

import type { Observation, Table } from './experiment.ts'

/** The columns before the figures are those of subject, circumstance and variant that have a title. */
export function figuresTable(
  observations: readonly Observation[],
  titles: { subject?: string; circumstance?: string; variant?: string },
): Table {
  const places = (['subject', 'circumstance', 'variant'] as const).filter(each => titles[each] !== undefined)
  const figures = [...new Set(observations.flatMap(each => Object.keys(each.figures)))]
  return {
    head: [...places.map(each => titles[each] ?? ''), ...figures],
    rows: observations.map(each => [
      ...places.map(place => each[place]),
      ...figures.map(name => format(each.figures[name])),
    ]),
  }
}

function format(figure: number | string | null | undefined): string {
  if (figure === undefined) return ''
  if (figure === null) return 'never'
  if (typeof figure === 'string' || Number.isInteger(figure)) return String(figure)
  return figure.toFixed(1)
}
