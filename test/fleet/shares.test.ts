/** How a hang-up is spread over many pods. */

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sharesOf } from '../../src/fleet/hangup/shares.ts'

it('gives each pod the time after the others, as long as it has connections', () => {
  expect(sharesOf([100, 0, 300], 60_000)).toEqual([
    { startMs: 0, lengthMs: 15_000 },
    { startMs: 15_000, lengthMs: 0 },
    { startMs: 15_000, lengthMs: 45_000 },
  ])
})

it('has no two connections nearer to each other than they would be in one pod', () => {
  const pods = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(pods, fc.integer({ min: 1000, max: 600_000 }), (counts, spreadMs) => {
      const total = counts.reduce((sum, count) => sum + count, 0)
      const times = sharesOf(counts, spreadMs).flatMap(({ startMs, lengthMs }, pod) =>
        // As the binary does it: evenly, the first at once.
        Array.from(
          { length: counts[pod] ?? 0 },
          (_, index) => startMs + (lengthMs * index) / (counts[pod] ?? 1),
        ),
      )
      const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
      // Both ends of a share are rounded.
      for (const gap of gaps) expect(Math.abs(gap - spreadMs / total)).toBeLessThanOrEqual(1)
    }),
  )
})

it('does it all at once without a time', () => {
  expect(sharesOf([1, 2], 0)).toEqual([
    { startMs: 0, lengthMs: 0 },
    { startMs: 0, lengthMs: 0 },
  ])
})
