import { expect, it } from 'vitest'
import { createSince, haveSettled } from '../../src/cluster/certificates/since.ts'

it('remembers since when something has been there without a gap', () => {
  const since = createSince()
  expect(since.update(['one'], 1000)).toEqual([['one', 1000]])
  const both = since.update(['one', 'two'], 2000)
  expect(both).toEqual([
    ['one', 1000],
    ['two', 2000],
  ])
  expect(haveSettled(both, 4999)).toBe(false)
  expect(haveSettled(both, 5000)).toBe(true)
  since.update(['two'], 3000)
  expect(since.update(['one', 'two'], 6000)).toEqual([
    ['one', 6000],
    ['two', 2000],
  ])
  expect(haveSettled([], 0)).toBe(true)
})
