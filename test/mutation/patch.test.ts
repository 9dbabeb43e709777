import fc from 'fast-check'
import jsonPatch from 'fast-json-patch'
import { describe, expect, it } from 'vitest'
import { patchBetween } from '../../src/mutation/patch.ts'

function applied(before: object, patch: ReturnType<typeof patchBetween>): unknown {
  return jsonPatch.applyPatch(structuredClone(before), structuredClone(patch), true, true, false).newDocument
}

describe('a patch', () => {
  it('leads from any object to any other, as fast-json-patch applies it', () => {
    const named = fc.record({ name: fc.constantFrom('a', 'b', 'c'), value: fc.nat(2) })
    const object = fc.dictionary(
      fc.constantFrom('a', 'b/c', 'd~1', 'constructor'),
      fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.array(named, { maxLength: 4 })),
    )
    const json = object.map(each => JSON.parse(JSON.stringify(each)) as object)
    fc.assert(
      fc.property(json, json, (before, after) => {
        expect(applied(before, patchBetween(before, after))).toEqual(after)
      }),
      { numRuns: 2000 },
    )
  })

  it('adds items in front and at the end without a change of those between', () => {
    const [first, second] = [{ name: 'first' }, { name: 'second' }]
    const before = { items: [first, second] }
    const after = { items: [{ name: 'new' }, { ...first, more: 1 }, second, { name: 'last' }] }
    expect(patchBetween(before, after)).toEqual([
      { op: 'add', path: '/items/0', value: { name: 'new' } },
      { op: 'add', path: '/items/1/more', value: 1 },
      { op: 'add', path: '/items/3', value: { name: 'last' } },
    ])
  })
})
