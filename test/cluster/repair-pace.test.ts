import { expect, it } from 'vitest'
import { createRepairPace } from '../../src/cluster/certificates/repair-pace.ts'

const minuteMs = 60_000

it('doubles the gap after each repair, up to a minute, and begins anew after five quiet ones', () => {
  const pace = createRepairPace()
  const startMs = 1_000_000
  const gapAfterRepairAt = (atMs: number) => {
    pace.repaired(atMs)
    return [500, 1000, 2000, 4000, 60_000].find(gapMs => pace.allows(atMs + gapMs))
  }
  expect(pace.allows(startMs)).toBe(true)
  expect([0, 1, 2, 3].map(repair => gapAfterRepairAt(startMs + repair))).toEqual([500, 1000, 2000, 4000])
  for (let repair = 4; repair < 40; repair++) gapAfterRepairAt(startMs + repair)
  expect(pace.allows(startMs + 39 + minuteMs - 1)).toBe(false)
  expect(pace.allows(startMs + 39 + minuteMs)).toBe(true)
  expect(pace.allows(startMs + 39 + 5 * minuteMs + 1)).toBe(true)
  expect(gapAfterRepairAt(startMs + 10 * minuteMs)).toBe(500)
})

it('lets a repair happen where the clock was put back', () => {
  const pace = createRepairPace()
  pace.repaired(1_000_000)
  expect(pace.allows(900_000)).toBe(true)
})
