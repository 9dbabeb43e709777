import { expect, it } from 'vitest'
import { conflict, type Problem, problemText, warnings } from '../../src/policy/problems.ts'

const typo: Problem = {
  key: 'keepalive-idle',
  value: '60x',
  place: 'the pod',
  rule: 'is not a duration',
  fix: 'write 60s',
  effect: 'Using 60s from the defaults.',
}

it('names key, value, place, rule, fix and effect', () => {
  expect(problemText(typo)).toBe(
    'longhaul.dev/keepalive-idle: "60x" on the pod is not a duration; write 60s. Using 60s from the defaults.',
  )
  const own = conflict('keepalive', 'the pod', 'has a volume', 'rename it', 'It is left alone.')
  expect(problemText(own)).toBe('longhaul.dev/keepalive: the pod has a volume; rename it. It is left alone.')
})

it('leaves out the effect where a warning would be longer than 120 characters', () => {
  const long = { ...typo, effect: 'Using something that takes very many words to be explained in full.' }
  expect(warnings([typo, long])).toEqual([
    problemText(typo),
    'longhaul.dev/keepalive-idle: "60x" on the pod is not a duration; write 60s.',
  ])
})

it('cuts what is longer still, and values and keys of any length', () => {
  const [warning] = warnings([{ ...typo, key: 'k'.repeat(300), value: 'v'.repeat(300) }])
  expect(warning).toHaveLength(120)
  expect(warning).toMatch(/\.\.\.$/)
})

it('has no control characters, which the API server refuses', () => {
  expect(problemText({ ...typo, value: 'a\nb\u007f\u0085\u2028c' })).toContain('"a?b???c"')
})

it('stays within 4,096 characters, and counts what had no room', () => {
  const all = warnings(Array.from({ length: 100 }, () => typo))
  expect(all.join('').length).toBeLessThanOrEqual(4096)
  expect(all.at(-1)).toBe(`longhaul: ${100 - (all.length - 1)} more problems are in Longhaul's log`)
})
