/** Observations side by side: a row for each case, a column for each variant. */

import type { Observation, Table } from './experiment.ts'

/** The titles are those of the subject and, where there is a second one, of the circumstance. */
export function variantColumns(
  observations: readonly Observation[],
  [subjectTitle, circumstanceTitle]: readonly [string, string?],
  cell: (observation: Observation) => string,
): Table {
  const variants = unique(observations.map(({ variant }) => variant))
  const rows = new Map<string, Observation[]>()
  for (const each of observations) {
    const key = JSON.stringify([each.subject, each.circumstance])
    rows.set(key, [...(rows.get(key) ?? []), each])
  }
  const titles = circumstanceTitle === undefined ? [subjectTitle] : [subjectTitle, circumstanceTitle]
  return {
    head: [...titles, ...variants],
    rows: [...rows.values()].map(row => {
      const places = row.slice(0, 1).flatMap(({ subject, circumstance }) => [subject, circumstance])
      const cells = variants.map(name => row.find(({ variant }) => variant === name))
      return [...places.slice(0, titles.length), ...cells.map(each => (each === undefined ? '' : cell(each)))]
    }),
  }
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}
