/** What a decision costs is bounded for each byte of the pod, whatever stands in it. */

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decide } from '../../src/mutation/decide.ts'
import { defaultConfig } from '../../src/policy/config.ts'
import { counted } from './counted.ts'
import { hostilePods } from './hostile-pods.ts'

const namespace = { name: 'default', labels: {} }

/** Containers with nothing but a name cost most: about 2. What is quadratic comes to more, at some hundred of a kind. */
const maxReadsPerByte = 2.5
/** What is looked for in every pod. */
const maxReadsAtAll = 2000

it('properties are read a few times for each byte, for hostile pods', { timeout: 120_000 }, () => {
  const outcomes = new Set<string>()
  fc.assert(
    fc.property(hostilePods, pod => {
      const { value, reads } = counted(pod)
      outcomes.add(decide(value, namespace, defaultConfig).mutation.outcome)
      const bytes = Buffer.byteLength(JSON.stringify(pod))
      expect(reads()).toBeLessThanOrEqual(maxReadsAtAll + maxReadsPerByte * bytes)
    }),
    // Smaller ones would be within the bound.
    { numRuns: 80, endOnFailure: true },
  )
  expect([...outcomes].toSorted()).toEqual(['mutated', 'skipped', 'unchanged'])
})

it('counts what is read', () => {
  const { value, reads } = counted({ a: { b: [1, 2] }, c: 3 })
  expect(value.a).toBe(value.a)
  expect(reads()).toBe(2)
  expect({ ...value }).toHaveProperty('c', 3)
  expect(reads()).toBe(8)
})
