/** The kinds of value that a setting can take: how each is read, described and printed. */

import { nearest } from './nearest.ts'

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
  /** Of the texts that are looked at, in characters: people can write a quarter of a megabyte. */
  maxLength: number
  /** The value that a text stands for, or why it stands for none. `example` is a text that would do. */
  parse(text: string, example: string): Parsed<T>
  format(value: T): string
}

/** Of what is a word or a number. */
const maxWordLength = 253

/** One of a few words; `aliases` are read as the word they stand for. */
export function choice<const W extends string>(
  words: readonly W[],
  aliases: Readonly<Record<string, W>> = {},
): ValueType<W> {
  const known = [...words, ...Object.keys(aliases)]
  return {
    syntax: known.map(word => `\`${word}\``).join(' '),
    schema: { enum: known },
    maxLength: maxWordLength,
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
    maxLength: maxWordLength,
    parse(text, example) {
      if (!/^[+-]?\d+$/.test(text)) {
        const meant = text.normalize('NFKC').trim()
        const isMeant = /^\d+$/.test(meant) && Number(meant) >= min && Number(meant) <= max
        return { rule: 'is not a whole number', fix: `write ${isMeant ? meant : `one such as ${example}`}` }
      }
      const value = Number(text)
      if (value >= min && value <= max) return { value }
      return { rule: `is not between ${min} and ${max}`, fix: `write ${value < min ? min : max}` }
    },
    format: String,
  }
}

const labelValue = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const dnsLabelSource = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?'
const dnsLabel = new RegExp(`^${dnsLabelSource}$`)

/** A name that can also be a label's value. */
export const profileName: ValueType<string> = {
  syntax: "a profile's name",
  schema: { type: 'string', pattern: labelValue.source },
  maxLength: maxWordLength,
  parse: text =>
    labelValue.test(text)
      ? { value: text }
      : { rule: 'is not a valid name', fix: 'use up to 63 letters, digits, dashes, dots' },
  format: value => value,
}

const maxContainerNames = 64
/** Of a name (RFC 1123), with the comma and a blank. */
const maxListedLength = 63 + 2

/** Container names, separated by commas. */
export const containerNames: ValueType<readonly string[]> = {
  syntax: `at most ${maxContainerNames} names, comma-separated`,
  schema: { type: 'string', pattern: `^\\s*${dnsLabelSource}\\s*(,\\s*${dnsLabelSource}\\s*)*$` },
  maxLength: maxContainerNames * maxListedLength,
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

const absolutePath = /^\/[\x21-\x7e]*$/

/** Longer than any that a health check is served at. */
const maxPathLength = 1024

/** An absolute path of a URL. */
export const urlPath: ValueType<string> = {
  syntax: `path of at most ${maxPathLength} characters`,
  schema: { type: 'string', pattern: absolutePath.source },
  maxLength: maxPathLength,
  parse(text) {
    if (absolutePath.test(text)) return { value: text }
    return { rule: 'is not a path', fix: 'write it with a slash first, such as /healthz' }
  },
  format: value => value,
}
