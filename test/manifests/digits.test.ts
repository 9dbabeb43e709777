import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { readJson, roundBigints, withDigits, writeJson } from '../../src/manifests/digits.ts'

const source =
  '{"a":9007199254740993,"b":[-9223372036854775808,1],"c":{"__proto__":18446744073709551615},"d":1e20}'

it('keeps the digits of integers that are read, and copied by spreading', () => {
  const value = readJson(source) as Record<string, unknown>
  expect(value['a']).toBe(2 ** 53)
  expect(writeJson({ ...value, e: 2 })).toBe(source.replace('1e20}', '100000000000000000000,"e":2}'))
  expect(stringify({ ...value }, withDigits, { version: '1.1' })).toContain(
    'a: 9007199254740993\nb:\n  - -9223372036854775808\n',
  )
})

it('writes what a number has become since', () => {
  const value = readJson(source) as Record<string, unknown>
  expect(writeJson({ ...value, a: 5 })).toContain('"a":5,')
})

it('takes the digits of bigints, at every depth', () => {
  const shared = { n: 9007199254740995n }
  const value = roundBigints({ list: [shared, shared, 9007199254740997n], text: '9007199254740999' })
  expect((value as { list: unknown[] }).list[2]).toBe(9_007_199_254_740_996)
  expect(writeJson(value)).toBe(
    '{"list":[{"n":9007199254740995},{"n":9007199254740995},9007199254740997],"text":"9007199254740999"}',
  )
})

it('writes no character that a terminal would act upon', () => {
  const text = '\u001b\u009b\u007f\u202e\u2028\u{E0041}'
  const json = writeJson({ [text]: text })
  expect(json).toMatch(/^[\x20-\x7e]+$/)
  expect(readJson(json)).toEqual({ [text]: text })
})
