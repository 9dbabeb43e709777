import { expect, it } from 'vitest'
import { selection } from '../../src/check/input/selection.ts'

const items = [
  { namespace: 'a', name: 'web', labels: { app: 'web', tier: 'front' } },
  { namespace: 'a', name: 'api', labels: { app: 'api', tier: 'back' } },
  { namespace: 'b', name: 'web of b', labels: { app: 'web' } },
]

it.each([
  [{ matchLabels: { app: 'web' } }, ['web']],
  [{ matchLabels: { app: 'web', tier: 'back' } }, []],
  [{ matchLabels: { app: 'none' } }, []],
  [{}, ['web', 'api']],
  [{ matchExpressions: [{ key: 'tier', operator: 'In', values: ['front', 'back'] }] }, ['web', 'api']],
  [{ matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['front'] }] }, ['api']],
  [{ matchExpressions: [{ key: 'other', operator: 'NotIn', values: ['x'] }] }, ['web', 'api']],
  [{ matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, ['web', 'api']],
  [{ matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, []],
  [{ matchExpressions: [{ key: 'toString', operator: 'Exists' }] }, []],
])('%j chooses %j', (selector, expected) => {
  expect(selection(items)('a', selector).map(({ name }) => name)).toEqual(expected)
})

it('looks at as many pods as it chooses, not at all of them', () => {
  let looks = 0
  const many = Array.from({ length: 2000 }, (_, index) => {
    const labels = { 'app.kubernetes.io/part-of': 'all', app: `a${index}` }
    return {
      namespace: 'a',
      get labels() {
        looks++
        return labels
      },
    }
  })
  const select = selection(many)
  looks = 0
  for (const { app } of many.map(({ labels }) => labels)) {
    expect(select('a', { matchLabels: { 'app.kubernetes.io/part-of': 'all', app } })).toHaveLength(1)
  }
  // One look by the line above, one by the selector.
  expect(looks).toBe(2 * many.length)
})
