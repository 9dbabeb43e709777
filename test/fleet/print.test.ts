/** What is printed of a hang-up. */

import { describe, expect, it } from 'vitest'
import { type Endings, podEndings } from '../../src/fleet/hangup/ending.ts'
import { printDone, printEndingsJson, printPlan } from '../../src/fleet/hangup/print.ts'
import { leftOutSentences } from '../../src/fleet/left-out.ts'
import type { EndedConnection } from '../../src/fleet/native-connection.ts'
import { ended, fleetPod } from './connections.ts'

const plain = (_: unknown, text: string) => text

function endingsOf(...lines: EndedConnection[]): Endings {
  const numbered = lines.map((line, index) => ({ ...line, localPort: 40_000 + index }))
  return { pods: [podEndings(fleetPod(['app']), new Map([['app', numbered]]))], leftOut: [] }
}

const reason = 'a process that ignores SIGURG'

it('shows what would be hung up, and what would not be reached, and why', () => {
  const other = ended('not-reached', { process: 'postgres', reason })
  expect(printPlan(endingsOf(ended('dry-run'), ended('dry-run'), other), plain)).toBe(
    [
      'NAMESPACE  POD     CONTAINER  PROCESS   TO HANG UP  NOT REACHED',
      'prod       chat-1  app        app       2           0',
      'prod       chat-1  app        postgres  0           1',
      `not reached, 1: ${reason} (chat-1 10.1.0.1:40002)`,
      '3 connections in 1 pod: 2 to hang up, 1 not reached',
      '',
    ].join('\n'),
  )
})

it('shows what was done, with the largest reason first and a few examples', () => {
  const missed = Array.from({ length: 4 }, () => ended('not-reached', { reason }))
  const done = printDone(endingsOf(ended('hung-up'), ended('gone'), ended('left'), ...missed), plain)
  expect(done.split('\n').slice(2)).toEqual([
    `not reached, 4: ${reason} (chat-1 10.1.0.1:40003, chat-1 10.1.0.1:40004, chat-1 10.1.0.1:40005, …)`,
    'not reached, 1: it was stopped before (chat-1 10.1.0.1:40002)',
    '7 connections in 1 pod: 1 hung up, 1 gone, 5 not reached',
    '',
  ])
})

describe('where there is nothing', () => {
  it('says so', () => {
    expect(printDone(endingsOf(), plain)).toBe('no connection matched\n')
  })

  it('says nothing of pods that were not asked', () => {
    expect(printDone({ pods: [], leftOut: [] }, plain)).toBe('')
  })
})

it('prints every connection for programs, and what was left out', () => {
  const leftOut = [{ namespace: 'prod', name: 'chat-2', reason: 'it does not run', isFailure: false }]
  expect(JSON.parse(printEndingsJson({ ...endingsOf(ended('hung-up')), leftOut }))).toEqual({
    connections: [{ namespace: 'prod', pod: 'chat-1', container: 'app', ...ended('hung-up') }],
    leftOut: [
      { namespace: 'prod', pod: 'chat-2', container: null, reason: 'it does not run', isFailure: false },
    ],
  })
})

it('says each reason once, with a few of the pods that it holds for', () => {
  const pods = Array.from({ length: 7 }, (_, index) => ({
    namespace: 'prod',
    name: `chat-${index}`,
    reason: 'it has no files',
    isFailure: true,
  }))
  const other = { namespace: 'prod', name: 'db', container: 'app', reason: 'too slow', isFailure: true }
  expect(leftOutSentences([other, ...pods])).toEqual([
    `${[0, 1, 2, 3, 4].map(index => `pod chat-${index} in namespace prod`).join(', ')}, 2 more: it has no files`,
    'pod db, container app in namespace prod: too slow',
  ])
})
