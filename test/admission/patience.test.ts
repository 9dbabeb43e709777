import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createPatience, type Patience } from '../../src/admission/patience.ts'

const limitMs = 5000
let patience: Patience
let givenUp: string[]

beforeEach(() => {
  vi.useFakeTimers()
  patience = createPatience(limitMs)
  givenUp = []
})

afterEach(() => {
  patience.close()
  vi.useRealTimers()
})

const wait = (name: string) => patience.wait(() => givenUp.push(name))

it('gives up what takes longer, once', () => {
  const stop = wait('slow')
  vi.advanceTimersByTime(limitMs - 1)
  wait('later')
  expect(givenUp).toEqual([])
  vi.advanceTimersByTime(1)
  expect(givenUp).toEqual(['slow'])
  stop()
  vi.advanceTimersByTime(2 * limitMs)
  expect(givenUp).toEqual(['slow', 'later'])
})

it('leaves alone what is over in time, in whatever order', () => {
  const names = Array.from({ length: 10 }, (_, index) => `${index}`)
  const stops = names.map(wait)
  for (const index of [0, 9, 4, 4, 5, 1]) stops[index]?.()
  vi.advanceTimersByTime(limitMs)
  expect(givenUp.toSorted()).toEqual(['2', '3', '6', '7', '8'])
})

it('leaves alone what ends with another that is given up', () => {
  const stopSecond: (() => void)[] = []
  patience.wait(() => stopSecond[0]?.())
  stopSecond.push(wait('second'))
  wait('third')
  vi.advanceTimersByTime(limitMs)
  expect(givenUp).toEqual(['third'])
})

it('gives up nothing once it is closed', () => {
  wait('slow')
  patience.close()
  vi.advanceTimersByTime(2 * limitMs)
  expect(givenUp).toEqual([])
})
