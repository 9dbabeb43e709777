import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration, wholeSeconds } from '../../src/policy/duration.ts'

describe('parseDuration', () => {
  it.each([
    ['90s', 90_000],
    ['2m', 120_000],
    ['1h30m', 5_400_000],
    ['1h1m1s1ms', 3_661_001],
    ['1500ms', 1500],
    ['1m500ms', 60_500],
    ['60', 60_000],
    ['1.5', 1500],
    ['0.5h', 1_800_000],
    ['0', 0],
    ['007', 7000],
  ])('%s is %i ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds)
  })

  it.each([
    '',
    ' ',
    '60x',
    's',
    '-5s',
    '+5s',
    '5 s',
    '1m1h',
    '1s1s',
    '1,5s',
    '.5s',
    '5.',
    '1e3',
    '0x10',
    '٣s',
    'ms',
    '1.5ms',
  ])('%j is none', text => {
    expect(parseDuration(text)).toBeUndefined()
  })
})

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [1, '1ms'],
    [999, '999ms'],
    [1001, '1.001s'],
    [1500, '1.5s'],
    [60_000, '60s'],
    [90_000, '90s'],
    [120_000, '2m'],
    [310_000, '5m10s'],
    [3_600_000, '1h'],
    [3_601_000, '1h1s'],
    [5_400_000, '1h30m'],
    [120_500, '2m0.5s'],
    [2_147_483_647, '596h31m23.647s'],
  ])('%i ms is %s, and back', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text)
    expect(parseDuration(text)).toBe(milliseconds)
  })
})

it.each([
  [0, 0],
  [1, 1],
  [1000, 1],
  [1001, 2],
])('rounds %i ms up to %i s', (milliseconds, seconds) => {
  expect(wholeSeconds(milliseconds)).toBe(seconds)
})
