import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { atMost } from '../../src/fleet/at-most.ts'

it('runs as many as it may at a time, also where some fail', async () => {
  const inTurn = atMost(3)
  let running = 0
  const seen: number[] = []
  const runs = Array.from({ length: 10 }, (_, index) =>
    inTurn(async () => {
      running += 1
      seen.push(running)
      await setImmediate()
      running -= 1
      if (index % 2 === 0) throw new Error(`${index}`)
      return index
    }),
  )
  const results = await Promise.allSettled(runs)
  expect(results.map(({ status }) => status)).toEqual(
    Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? 'rejected' : 'fulfilled')),
  )
  expect(Math.max(...seen)).toBe(3)
  expect(seen).toHaveLength(10)
})
