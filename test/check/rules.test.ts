import { describe, expect, it } from 'vitest'
import type { Examples, Rule } from '../../src/check/rule.ts'
import { rules } from '../../src/check/rules.ts'
import { check } from './check.ts'

const places = (text: string, { platform }: Examples) =>
  check(text, platform && { platform }).map(({ rule, line }) => [rule.id, line])

describe.each(rules.map(rule => [`${rule.id} ${rule.name}`, rule] as const))('%s', (_, { id, examples }) => {
  it('finds what is marked in its bad example, and no other rule finds anything', () => {
    expect(places(examples.bad, examples)).toEqual(markedLines(examples.bad, id).map(line => [id, line]))
    expect(markedLines(examples.bad, id)).not.toEqual([])
  })

  it('leaves its good example alone, as all rules do', () => {
    expect(places(examples.good, examples)).toEqual([])
  })
})

it('ids and names are unique, the ids in order', () => {
  const ids = rules.map(({ id }: Rule) => id)
  expect(ids).toEqual([...new Set(ids)].sort())
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length)
})

function markedLines(text: string, id: string): number[] {
  return text.split('\n').flatMap((line, index) => (line.endsWith(`# <- ${id}`) ? [index + 1] : []))
}
