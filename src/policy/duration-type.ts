/** Settings that are durations. */

import {
  durationPattern,
  formatDuration,
  namesMilliseconds,
  parseDuration,
  wholeSeconds,
} from './duration.ts'
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
  const isUsable = (text: string) =>
    (milliseconds || !namesMilliseconds(text)) && 'value' in within(parseDuration(text) ?? 0, minMs, maxMs)
  return {
    syntax: [
      ...words.map(word => `\`${word}\``),
      `duration, ${formatBound(minMs)} to ${formatBound(maxMs)}`,
    ].join(' or '),
    schema: {
      type: ['string', 'number'],
      pattern: `^(${[...words, durationPattern(milliseconds)].join('|')})$`,
      minLength: 1,
      minimum: off === undefined ? minMs / 1000 : 0,
      maximum: maxMs / 1000,
    },
    parse(text, example) {
      const word = words.find(each => each === text)
      if (word !== undefined) return { value: word }
      const value = parseDuration(text)
      if (value === undefined) {
        const meant = intended(text, words)
        const takes = meant !== undefined && (words.some(each => each === meant) || isUsable(meant))
        return { rule: `is not ${noun}`, fix: `write ${takes ? meant : example}` }
      }
      // 0.0001 is not nothing, though it is no millisecond.
      if (value === 0 && off !== undefined && !/[1-9]/.test(text)) return { value: off }
      if (namesMilliseconds(text) && !milliseconds) {
        return { rule: 'is finer than whole seconds', fix: `write ${Math.max(1, wholeSeconds(value))}s` }
      }
      return within(value, minMs, maxMs)
    },
    format: value => (typeof value === 'number' ? formatDuration(value) : value),
  }
}

function within(value: number, minMs: number, maxMs: number): Parsed<number> {
  if (value >= minMs && value <= maxMs) return { value }
  const [min, max] = [formatBound(minMs), formatBound(maxMs)]
  return { rule: `is not between ${min} and ${max}`, fix: `write ${value < minMs ? min : max}` }
}

/** A limit as documents name it: the kernel's 32767s is known by that number, not as 9h6m7s. */
function formatBound(milliseconds: number): string {
  const isOddSeconds = milliseconds % 60_000 !== 0 && milliseconds % 1000 === 0
  return isOddSeconds ? `${milliseconds / 1000}s` : formatDuration(milliseconds)
}

const hoursOf: Readonly<Record<string, number>> = { d: 24, w: 168 }

/** What a mistyped duration was probably meant to be: `60x` is 60s, `1m30` 1m30s, `5 min` 5m, `2d` 48h, `of` off. */
function intended(text: string, words: readonly string[]): string | undefined {
  const tidy = text.toLowerCase().replaceAll(' ', '')
  const whole = [tidy, `${tidy}s`].find(each => parseDuration(each) !== undefined)
  if (whole !== undefined) return whole
  const [, count, unit = ''] = /^(\d{1,5})([a-z]?)/.exec(tidy) ?? []
  if (count === undefined) return nearest(text, words)
  const hours = hoursOf[unit]
  if (hours !== undefined) return `${Number(count) * hours}h`
  return unit === 'm' || unit === 'h' ? `${count}${unit}` : `${count}s`
}
