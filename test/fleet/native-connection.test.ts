/** What comes from a container is believed only where it is of the form that the binary prints. */

import { expect, it } from 'vitest'
import { readEnded, readListed } from '../../src/fleet/native-connection.ts'
import { ended, listed } from './connections.ts'

it('reads what the binary prints', () => {
  expect(readListed(JSON.stringify(listed()))).toEqual(listed())
  const unknown = listed({ pid: null, process: null, keepalive: null, keepaliveLeftSeconds: null })
  expect(readListed(JSON.stringify(unknown))).toEqual(unknown)
  const missed = ended('denied', { reason: 'needs CAP_SYS_PTRACE' })
  expect(readEnded(JSON.stringify(missed))).toEqual(missed)
})

it.each(
  [
    ['', 'null', '[]', '7', '{}', 'no connection matched'],
    [
      { remotePort: '6379' },
      { idleSeconds: -1 },
      { direction: 'up' },
      { keepalive: 'on' },
      { process: 7 },
    ].map(more => JSON.stringify({ ...listed(), ...more })),
  ].flat(),
)('takes %s for nothing', line => {
  expect(readListed(line)).toBeUndefined()
})

it('knows every outcome, and no other', () => {
  expect(readEnded(JSON.stringify({ ...ended('gone'), outcome: 'vanished' }))).toBeUndefined()
  expect(readEnded(JSON.stringify({ ...ended('gone'), reason: 7 }))).toBeUndefined()
})
