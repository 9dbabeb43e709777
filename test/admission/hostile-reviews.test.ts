/** Whatever a review holds: the line in the log and the answer stay bounded. */

import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hostileReviews } from './hostile-reviews.ts'
import { podRequest, responseOf, review } from './reviews.ts'
import { startWebhook, type Webhook } from './webhook.ts'

const maxLineBytes = 16 * 1024
const maxSurplusBytes = 64 * 1024

let webhook: Webhook

beforeAll(async () => {
  webhook = await startWebhook()
})

afterAll(() => webhook.close())

it('answers and lines stay bounded for hostile reviews', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(hostileReviews, async body => {
      webhook.logLines.length = 0
      const answer = await webhook.send({}, body)
      expect([200, 400]).toContain(answer.status)
      expect(Buffer.byteLength(answer.body)).toBeLessThanOrEqual(Buffer.byteLength(body) + maxSurplusBytes)
      for (const line of webhook.logLines) {
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(maxLineBytes)
        expect(JSON.stringify(Object.values(JSON.parse(line)))).not.toMatch(/\\u00|\\n|\u202e/)
      }
    }),
    { numRuns: 60 },
  )
})

it('a change that repeats more than was asked is not made', async () => {
  const containers = Array.from({ length: 2 }, (_, index) => ({
    name: `c${index}`,
    image: 'a:1',
    env: [{ name: 'LD_PRELOAD', value: '/a'.repeat(300_000) }],
  }))
  const annotations = { 'longhaul.dev/inject': 'true', 'longhaul.dev/pre-stop-sleep': 'x' }
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', controller: true }]
  const pod = { metadata: { annotations, ownerReferences }, spec: { containers } }
  const answer = await webhook.send({}, review(podRequest(pod)))
  const { allowed, patch, warnings } = responseOf(answer)
  expect({ allowed, patch }).toEqual({ allowed: true, patch: undefined })
  expect(warnings).toEqual([
    expect.stringContaining('too large'),
    expect.stringContaining('pre-stop-sleep: "x" on the pod is not a duration'),
  ])
  expect(JSON.parse(webhook.logLines.at(-1) ?? '')).toMatchObject({
    owner: 'ReplicaSet/web',
    outcome: 'skipped',
    reason: 'answer-too-large',
    features: [],
    problems: [expect.stringContaining('pre-stop-sleep')],
  })
})

it.each([20, 80])(
  '%d containers with hooks are changed where a workload of such pods is not warned of',
  async count => {
    const containers = Array.from({ length: count }, (_, index) => ({ name: `c${index}`, image: 'x' }))
    const metadata = { name: 'many', annotations: { 'longhaul.dev/profile': 'websocket' } }
    const { patch } = responseOf(
      await webhook.send({}, review(podRequest({ metadata, spec: { containers } }))),
    )
    const template = { metadata, spec: { containers } }
    const workload = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'many' },
      spec: { template },
    }
    const checked = responseOf(await webhook.send({ path: '/validate' }, review(podRequest(workload))))
    const isWarned = checked.warnings?.some((each: string) =>
      each.includes('larger than the webhook answers'),
    )
    expect(isWarned ?? false).toBe(patch === undefined)
  },
)
