/** A bench's results, how they are printed, and whether they keep their limits. */

export interface Figure {
  readonly what: string
  readonly value: number
  readonly unit: string
  /** The most it may be. */
  readonly limit?: number
  /** The least it may be. */
  readonly atLeast?: number
  /** Where the value is a median: what a quarter of all values lies below, and above. */
  readonly quartiles?: readonly [number, number]
}

/** The value below which a fraction of all values lies. */
export const quantile = (values: readonly number[], fraction: number): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length * fraction)] ?? Number.NaN

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** The median of values of several turns, and how far they lie apart. */
export const middle = (values: readonly number[]): Required<Pick<Figure, 'value' | 'quartiles'>> => ({
  value: median(values),
  quartiles: [quantile(values, 0.25), quantile(values, 0.75)],
})

const isWithin = ({ value, limit = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY }: Figure) =>
  value <= limit && value >= atLeast

const verdict = (figure: Figure): string => {
  const { limit, atLeast } = figure
  if (limit === undefined && atLeast === undefined) return ''
  const bound = limit === undefined ? `at least ${atLeast}` : `at most ${limit}`
  return `${isWithin(figure) ? 'kept' : 'MISSED'}: ${bound}`
}

const spread = ({ quartiles }: Figure): string =>
  quartiles === undefined ? '' : `(${quartiles.map(each => each.toFixed(2)).join(' to ')}) `

const row = (figure: Figure): string => {
  const { what, value, unit } = figure
  const name = what.padEnd(62)
  return `${name} ${value.toFixed(2).padStart(10)} ${unit.padEnd(6)} ${spread(figure)}${verdict(figure)}`.trimEnd()
}

/** Prints the figures; false when one misses its limit. */
export const report = (figures: readonly Figure[]): boolean => {
  process.stdout.write(`${figures.map(row).join('\n')}\n`)
  return figures.every(isWithin)
}
