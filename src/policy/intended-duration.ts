/** What a mistyped duration was meant to be. */

import { formatDuration, parseDuration } from './duration.ts'

interface Unit {
  symbol: string
  milliseconds: number
  /** How people write it besides; the keys beside `s` are typing errors. */
  names: readonly string[]
}

/** The largest first, as the parts of a duration stand. */
const units: readonly Unit[] = [
  { symbol: 'w', milliseconds: 604_800_000, names: ['week', 'weeks'] },
  { symbol: 'd', milliseconds: 86_400_000, names: ['day', 'days'] },
  { symbol: 'h', milliseconds: 3_600_000, names: ['hr', 'hrs', 'hour', 'hours'] },
  { symbol: 'm', milliseconds: 60_000, names: ['min', 'mins', 'minute', 'minutes'] },
  { symbol: 's', milliseconds: 1000, names: ['sec', 'secs', 'second', 'seconds', 'x', 'z'] },
  { symbol: 'ms', milliseconds: 1, names: ['msec', 'msecs', 'millisecond', 'milliseconds'] },
]

interface Part {
  count: string
  /** Index in the table above. */
  unit: number
}

/**
 * The duration that a text can only have been meant for: `60x` is 60s, `1m30` 1m30s, `5 min` 5m, `2d` 48h. Undefined where
 * that is a guess, as for `1:30` or `500us`. For texts of a bounded length.
 */
export function intendedDuration(text: string): string | undefined {
  const parts = partsOf(text.normalize('NFKC').trim().toLowerCase())
  if (parts === undefined) return undefined
  const written = parts.map(({ count, unit }) => `${count}${units[unit]?.symbol}`).join('')
  if (parseDuration(written) !== undefined) return written
  const milliseconds = parts.map(({ count, unit }) => Number(count) * (units[unit]?.milliseconds ?? 0))
  return formatDuration(Math.ceil(milliseconds.reduce((sum, each) => sum + each, 0)))
}

/** The parts of a text that has nothing else, each of a smaller unit than the one before. */
function partsOf(text: string): Part[] | undefined {
  const parts: Part[] = []
  let length = 0
  for (const [whole, count = '', name = ''] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)\s*/gy)) {
    length += whole.length
    const last = parts.at(-1)?.unit
    const unit = name === '' ? unitWithoutName(last) : unitNamed(name)
    if (units[unit] === undefined || unit <= (last ?? -1)) return undefined
    parts.push({ count, unit })
  }
  return parts.length > 0 && length === text.length ? parts : undefined
}

function unitNamed(name: string): number {
  return units.findIndex(({ symbol, names }) => symbol === name || names.includes(name))
}

/** A plain number is one of seconds; after hours one of minutes, and so on. */
function unitWithoutName(before: number | undefined): number {
  const seconds = unitNamed('s')
  if (before === undefined) return seconds
  return before >= unitNamed('h') && before < seconds ? before + 1 : -1
}
