import { expect, it } from 'vitest'
import { createBell } from '../../src/cluster/certificates/bell.ts'

const long = 60_000
const never = new AbortController().signal

async function isOver(promise: Promise<void>): Promise<boolean> {
  const waiting = Symbol('waiting')
  // Longer than what has happened takes to be noticed.
  const soon = new Promise(resolve => setTimeout(() => resolve(waiting), 50))
  return (await Promise.race([promise, soon])) !== waiting
}

it('waits until somebody rings', async () => {
  const bell = createBell()
  const wait = bell.wait(long, never)
  expect(await isOver(wait)).toBe(false)
  bell.ring()
  expect(await isOver(wait)).toBe(true)
})

it('does not forget a ring that came before, and forgets it after', async () => {
  const bell = createBell()
  bell.ring()
  bell.ring()
  expect(await isOver(bell.wait(long, never))).toBe(true)
  const stop = new AbortController()
  const second = bell.wait(long, stop.signal)
  expect(await isOver(second)).toBe(false)
  stop.abort()
  expect(await isOver(second)).toBe(true)
})

it('waits no longer than it is told', async () => {
  expect(await isOver(createBell().wait(1, never))).toBe(true)
})

it('does not begin to wait when it is time to stop', async () => {
  expect(await isOver(createBell().wait(long, AbortSignal.abort()))).toBe(true)
})
