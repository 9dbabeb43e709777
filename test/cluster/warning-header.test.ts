import { expect, it } from 'vitest'
import { readWarnings } from '../../src/cluster/client/warning-header.ts'

it.each([
  ['', []],
  ['299 - "one"', ['one']],
  ['299 - "one, and \\"two\\" \\\\", 299 longhaul "three"', ['one, and "two" \\', 'three']],
  [Buffer.from('299 - "fünf"').toString('latin1'), ['fünf']],
])('reads %j', (header, texts) => {
  expect(readWarnings(header)).toEqual(texts)
})
