/** Whatever a review holds: the line in the log and the answer stay bounded. */

import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { podRequest, responseOf, review } from './reviews.ts'
import { startWebhook, type Webhook } from './webhook.ts'

const maxLineBytes = 16 * 1024
const maxSurplusBytes = 64 * 1024

let webhook: Webhook

beforeAll(async () => {
  webhook = await startWebhook()
})

afterAll(() => webhook.close())

/** Names and values as no API server lets them through, up to very long ones. */
const hostileText = fc
  .tuple(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('\u0000', '\u001b[31m', '\n', '"', '\\', '\ud800', '\u202e', '漢', 'a'),
    ),
    fc.constantFrom(1, 1, 3, 300, 20_000),
  )
  .map(([text, times]) => text.repeat(times))

const hostilePod = fc.record({
  metadata: fc.record({
    name: hostileText,
    annotations: fc
      .tuple(
        fc.dictionary(hostileText, hostileText, { maxKeys: 5 }),
        fc.array(hostileText, { maxLength: 40 }),
      )
      .map(([others, keys]) => ({
        ...others,
        ...Object.fromEntries(keys.map((key, index) => [`longhaul.dev/${index}${key}`, key])),
        'longhaul.dev/profile': 'websocket',
      })),
    ownerReferences: fc.tuple(
      fc.record({ kind: hostileText, name: hostileText, controller: fc.constant(true) }),
    ),
  }),
  spec: fc.record({
    containers: fc.array(
      fc.record({
        name: hostileText,
        env: fc.tuple(fc.record({ name: fc.constantFrom('LD_PRELOAD', 'A'), value: hostileText })),
        ports: fc.constant([{ containerPort: 80 }]),
      }),
      { maxLength: 20 },
    ),
  }),
})

it('answers and lines stay bounded for hostile reviews', { timeout: 60_000 }, async () => {
  const request = fc.record({
    uid: hostileText,
    namespace: hostileText,
    name: hostileText,
    object: hostilePod,
  })
  await fc.assert(
    fc.asyncProperty(request, async ({ uid, namespace, name, object }) => {
      webhook.logLines.length = 0
      const body = review({ ...podRequest(object, uid), namespace, name })
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
  const pod = { metadata: { annotations: { 'longhaul.dev/inject': 'true' } }, spec: { containers } }
  const answer = await webhook.send({}, review(podRequest(pod)))
  const { allowed, patch, warnings } = responseOf(answer)
  expect({ allowed, patch }).toEqual({ allowed: true, patch: undefined })
  expect(warnings).toEqual([expect.stringContaining('too large')])
  expect(JSON.parse(webhook.logLines.at(-1) ?? '')).toMatchObject({
    outcome: 'unchanged',
    reason: 'answer-too-large',
  })
})
