/**
 * Numbers as kubectl reads them, by go-yaml (resolve.go): neither YAML 1.1's nor 1.2's. To those of 1.1, for which the
 * library would take them, `e2` and `.e5` are numbers without digits; to kubectl they are names, as of a machine type.
 */

import type { Scalar, ScalarTag } from 'yaml'

const wholePattern = /^[-+]?(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\d[\d_]*)$/
const pointPattern =
  /^(?:[-+]?\d[\d_]*(?:\.[\d_]*)?(?:[eE][-+]?[\d_]+)?|[-+]?\.\d[\d_]*(?:[eE][-+]?[\d_]+)?)$/

/** As they were written: a document that is changed keeps its other numbers to the digit. */
function asWritten({ source, value }: Scalar): string {
  return source ?? String(value)
}

export const wholeNumber: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  identify: value => typeof value === 'bigint' || Number.isInteger(value),
  test: wholePattern,
  resolve: text => wholeValue(text) ?? text,
  stringify: asWritten,
}

export const pointNumber: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: value => typeof value === 'number',
  test: pointPattern,
  resolve(text) {
    const value = Number(text.replaceAll('_', ''))
    // One that is too large is a text.
    return Number.isFinite(value) ? value : text
  },
  stringify: asWritten,
}

/** A bigint where a number would be rounded; undefined where a prefix has no digits behind it. */
function wholeValue(text: string): number | bigint | undefined {
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '')
  // With a leading zero it is octal; `08` can only be decimal.
  const literal = /^0[0-7]+$/.test(digits) ? `0o${digits}` : digits
  const value = Number(literal)
  if (!Number.isFinite(value)) return undefined
  const exact = Number.isSafeInteger(value) ? value : BigInt(literal)
  return text.startsWith('-') && value !== 0 ? -exact : exact
}
