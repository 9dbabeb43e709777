/** Reviews that an attacker would send: texts of any length and any characters wherever one may stand. */

import fc from 'fast-check'
import { podRequest, review } from './reviews.ts'

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

/** Their bodies, of up to about 2 MB. */
export const hostileReviews: fc.Arbitrary<string> = fc
  .record({ uid: hostileText, namespace: hostileText, name: hostileText, object: hostilePod })
  .map(({ uid, namespace, name, object }) => review({ ...podRequest(object, uid), namespace, name }))
