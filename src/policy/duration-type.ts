/** Settings that are durations. */

import {
  durationPattern,
  formatDuration,
  maxDurationLength,
  namesMilliseconds,
  parseDuration,
  wholeSeconds,
} from './duration.ts'
import { intendedDuration } from './intended-duration.ts'
import { nearest } from './nearest.ts'
import type { Parsed, ValueType } from './value-types.ts'

interface DurationLimits<W extends string> {
  minMs: number
  maxMs: number
  /** Words that stand beside durations, such as `off`. Where `off` is one, a duration of zero means it. */
  words?: readonly W[]
  /** Whether what takes the value counts milliseconds; where it takes whole seconds, `ms` is refused. */
  milliseconds?: boolean
}

/** A duration in milliseconds, or one of `words`. */
export function duration<const W extends string = never>({
  minMs,
  maxMs,
  words = [],
  milliseconds = false,
}: DurationLimits<W>): ValueType<number | W> {
  const noun = words.length === 0 ? 'a duration' : `a duration or ${words.join(' or ')}`
  const off = words.find(word => word === 'off')
  const read = (text: string): Parsed<number | W> | undefined => {
    const word = words.find(each => each === text)
    if (word !== undefined) return { value: word }
    const value = parseDuration(text)
    if (value === undefined) return undefined
    // 0.0001 is not nothing, though it is no millisecond.
    if (value === 0 && off !== undefined && !/[1-9]/.test(text)) return { value: off }
    if (namesMilliseconds(text) && !milliseconds) {
      return { rule: 'is finer than whole seconds', fix: `write ${Math.max(1, wholeSeconds(value))}s` }
    }
    return isWithin(milliseconds ? value : wholeSeconds(value) * 1000) ? { value } : outside(value)
  }
  const isWithin = (takenMs: number) => takenMs >= minMs && takenMs <= maxMs
  const outside = (value: number) => {
    const [min, max] = [formatBound(minMs), formatBound(maxMs)]
    return { rule: `is not between ${min} and ${max}`, fix: `write ${value < minMs ? min : max}` }
  }
  const fixFor = (text: string, example: string) => {
    const meant = intendedDuration(text) ?? nearest(text, words)
    const result = meant === undefined ? undefined : read(meant)
    if (result === undefined) return `write one such as ${example}`
    return 'value' in result ? `write ${meant}` : result.fix
  }
  return {
    syntax: [
      ...words.map(word => (word === off ? '`off` (also `0`)' : `\`${word}\``)),
      `duration, ${formatBound(minMs)} to ${formatBound(maxMs)}`,
    ].join(' or '),
    schema: {
      type: ['string', 'number'],
      pattern: `^(${[...words, durationPattern(milliseconds)].join('|')})$`,
      minLength: 1,
      minimum: off === undefined ? minMs / 1000 : 0,
      maximum: maxMs / 1000,
    },
    maxLength: maxDurationLength,
    parse: (text, example) => read(text) ?? { rule: `is not ${noun}`, fix: fixFor(text, example) },
    format: value => (typeof value === 'number' ? formatDuration(value) : value),
  }
}

/** A limit as documents name it: the kernel's 32767s is known by that number, not as 9h6m7s. */
function formatBound(milliseconds: number): string {
  const isOddSeconds = milliseconds % 60_000 !== 0 && milliseconds % 1000 === 0
  return isOddSeconds ? `${milliseconds / 1000}s` : formatDuration(milliseconds)
}
