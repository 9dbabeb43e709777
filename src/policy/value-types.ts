/** The kinds of value that a setting can take: how each is read, described and printed. */

import { closest, distance } from 'fastest-levenshtein'
import {
  durationPattern,
  formatDuration,
  namesMilliseconds,
  parseDuration,
  wholeSeconds,
} from './duration.ts'

/** Why a text can't be used, and what to write instead: `is not a duration`, `write 60s`. */
export interface Rejection {
  rule: string
  fix: string
}

export type Parsed<T> = { value: T } | Rejection

export interface ValueType<T> {
  /** What may be written, for the reference: `duration, 1s to 1h`. */
  syntax: string
  /**
   * The same as a JSON schema of texts and, where they may be numbers, of these; its limits are in seconds or
   * counts, and hold for texts as well, which a schema can't say.
   */
  schema: Readonly<Record<string, unknown>>
  /** The value that a text stands for, or why it stands for none. `example` is a text that would do. */
  parse(text: string, example: string): Parsed<T>
  format(value: T): string
}

/** One of a few words; `aliases` are read as the word they stand for. */
export function choice<const W extends string>(
  words: readonly W[],
  aliases: Readonly<Record<string, W>> = {},
): ValueType<W> {
  const known = [...words, ...Object.keys(aliases)]
  return {
    syntax: known.map(word => `\`${word}\``).join(' '),
    schema: { enum: known },
    parse(text) {
      const value =
        words.find(word => word === text) ?? (Object.hasOwn(aliases, text) ? aliases[text] : undefined)
      if (value !== undefined) return { value }
      const similar = nearest(text, known)
      const fix = similar === undefined ? 'choose one of these' : `write ${similar}`
      return { rule: `is not one of ${known.join(', ')}`, fix }
    },
    format: value => value,
  }
}

/** A whole number from `min` to `max`. */
export function integer(min: number, max: number): ValueType<number> {
  return {
    syntax: `integer, ${min} to ${max}`,
    schema: { type: ['integer', 'string'], pattern: '^\\+?[0-9]+$', minimum: min, maximum: max },
    parse(text, example) {
      if (!/^[+-]?\d+$/.test(text)) return { rule: 'is not a whole number', fix: `write ${example}` }
      const value = Number(text)
      if (value >= min && value <= max) return { value }
      return { rule: `is not between ${min} and ${max}`, fix: `write ${value < min ? min : max}` }
    },
    format: String,
  }
}

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

const labelValue = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const dnsLabelSource = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?'
const dnsLabel = new RegExp(`^${dnsLabelSource}$`)

/** A name that can also be a label's value. */
export const profileName: ValueType<string> = {
  syntax: "a profile's name",
  schema: { type: 'string', pattern: labelValue.source },
  parse: text =>
    labelValue.test(text)
      ? { value: text }
      : { rule: 'is not a valid name', fix: 'use up to 63 letters, digits, dashes, dots' },
  format: value => value,
}

const maxContainerNames = 64

/** Container names, separated by commas. */
export const containerNames: ValueType<readonly string[]> = {
  syntax: `at most ${maxContainerNames} names, comma-separated`,
  schema: { type: 'string', pattern: `^\\s*${dnsLabelSource}\\s*(,\\s*${dnsLabelSource}\\s*)*$` },
  parse(text) {
    const written = text.split(',', maxContainerNames + 1)
    if (written.length > maxContainerNames) {
      return { rule: `has more than ${maxContainerNames} names`, fix: 'leave it out for all containers' }
    }
    const names = written.map(name => name.trim())
    const wrong = names.find(name => !dnsLabel.test(name))
    if (wrong === undefined) return { value: names }
    return {
      rule: 'is not a list of container names',
      fix: 'write names with commas between, such as app,worker',
    }
  },
  format: names => names.join(','),
}

/** A port number, or the name that a container gives to one (an IANA service name: kubernetes' rule). */
export const portReference: ValueType<number | string> = {
  syntax: 'port number or name',
  schema: {
    type: ['integer', 'string'],
    pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
    // Go's regular expressions can't look ahead for a letter.
    anyOf: [{ pattern: '[a-z]', maxLength: 15 }, { pattern: '^[0-9]+$' }],
    minimum: 1,
    maximum: 65535,
  },
  parse(text) {
    if (/^\d+$/.test(text)) {
      const value = Number(text)
      return value >= 1 && value <= 65535 ? { value } : { rule: 'is not a port', fix: 'write 1 to 65535' }
    }
    const isName = /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/.test(text)
    return isName
      ? { value: text }
      : { rule: 'is no port or port name', fix: 'write a number or a name such as http' }
  },
  format: String,
}

const maxPorts = 64
/** Without the rules that Go's regular expressions can't say along with the length. */
const portReferenceSource = '[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?'

/** `auto`, or port numbers and names, separated by commas: at most 64. */
export const portReferences: ValueType<'auto' | readonly (number | string)[]> = {
  syntax: '`auto` or port numbers and names, comma-separated',
  schema: {
    type: ['integer', 'string'],
    pattern: `^\\s*${portReferenceSource}\\s*(,\\s*${portReferenceSource}\\s*){0,${maxPorts - 1}}$`,
    minimum: 1,
    maximum: 65535,
  },
  parse(text, example) {
    if (text.trim() === 'auto') return { value: 'auto' }
    const parts = text.split(',', maxPorts + 1)
    if (parts.length > maxPorts)
      return { rule: `has more than ${maxPorts} ports`, fix: 'write fewer, or auto' }
    const parsed = parts.map(part => portReference.parse(part.trim(), example))
    const value = parsed.flatMap(each => ('value' in each ? [each.value] : []))
    if (value.length === parts.length) return { value }
    return {
      rule: 'is not a list of ports',
      fix: `write numbers or names with commas between, such as ${example}`,
    }
  },
  format: value => (value === 'auto' ? value : value.join(',')),
}

const absolutePath = /^\/[\x21-\x7e]*$/

/** An absolute path of a URL. */
export const urlPath: ValueType<string> = {
  syntax: 'path',
  schema: { type: 'string', pattern: absolutePath.source },
  parse(text) {
    if (absolutePath.test(text)) return { value: text }
    return { rule: 'is not a path', fix: 'write it with a slash first, such as /healthz' }
  },
  format: value => value,
}

/** The known word most like `text`, where one is like it enough to be a typing error: `on` is not, for `off`. */
export function nearest(text: string, known: readonly string[]): string | undefined {
  // The longest names of Kubernetes; a longer text is no typing error, and costs too much to compare.
  if (known.length === 0 || text.length > 63) return undefined
  const found = closest(text.toLowerCase(), [...known])
  const most = Math.min(text.length, found.length) < 4 ? 1 : Math.max(2, found.length / 3)
  return distance(text.toLowerCase(), found) <= most ? found : undefined
}
