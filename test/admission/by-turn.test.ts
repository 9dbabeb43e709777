import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { byTurn } from '../../src/admission/by-turn.ts'

it('hands over together, in order, what came in one turn, and nothing twice', async () => {
  const seen: number[][] = []
  const add = byTurn<number>(items => void seen.push([...items]))
  add(1)
  add(2)
  expect(seen).toEqual([])
  await nextTurn()
  expect(seen).toEqual([[1, 2]])
  add(3)
  await nextTurn()
  await nextTurn()
  expect(seen).toEqual([[1, 2], [3]])
})

it('keeps for the next turn what comes while it works', async () => {
  const seen: number[][] = []
  const add = byTurn<number>(items => {
    seen.push([...items])
    if (seen.length === 1) add(2)
  })
  add(1)
  await nextTurn()
  await nextTurn()
  expect(seen).toEqual([[1], [2]])
})
