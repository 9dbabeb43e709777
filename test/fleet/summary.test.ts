/** What is said of connections below their table. */

import type { V1Pod } from '@kubernetes/client-node'
import { describe, expect, it } from 'vitest'
import { printPeers } from '../../src/fleet/connections/print-peers.ts'
import { printTable, printWideTable } from '../../src/fleet/connections/print-table.ts'
import { summaryLines } from '../../src/fleet/connections/summary.ts'
import type { PodConnection } from '../../src/fleet/connections/survey.ts'
import { fleetPod, listed } from './connections.ts'

const plain = (_: unknown, text: string) => text

const connection = (more: Partial<PodConnection> = {}): PodConnection => ({
  ...listed(),
  container: 'app',
  ...more,
})

function surveyOf(connections: readonly PodConnection[], more: Partial<V1Pod> = {}) {
  return { pods: [{ pod: fleetPod(['app'], more), connections }], leftOut: [] }
}

/** A pod with the preStop hook of a drain. */
function draining(...options: string[]): Partial<V1Pod> {
  const command = ['/opt/longhaul/longhaul', 'drain', '--sleep=5s', '--timeout=5m', ...options]
  const [container] = fleetPod(['app']).object.spec?.containers ?? []
  return {
    spec: { containers: [{ name: 'app', ...container, lifecycle: { preStop: { exec: { command } } } }] },
  }
}

describe('the summary says', () => {
  it('whether connections are protected, and where they are not', () => {
    const off = connection({ keepalive: false, keepaliveLeftSeconds: null })
    expect(summaryLines(surveyOf([connection(), off, off, connection({ keepalive: null })]))).toEqual([
      '4 connections in 1 pod',
      'keepalive: on for 1, off for 2 (chat-1/app 2), not known for 1',
      'stale: none known',
    ])
  })

  it.each([
    [
      'not answered',
      { sendQueueBytes: 1, retransmissions: 2, lastReceivedSeconds: 10 },
      '1 with data that nobody',
    ],
    ['answered late', { sendQueueBytes: 1, retransmissions: 2, lastReceivedSeconds: 9.9 }, 'none known'],
    ['sent once', { sendQueueBytes: 1, retransmissions: 0, lastReceivedSeconds: 60 }, 'none known'],
    ['forgotten', { keepalive: false, idleSeconds: 350 }, '1 without keepalive and idle for 350s or more'],
    ['idle for less', { keepalive: false, idleSeconds: 349.9 }, 'none known'],
    ['idle with keepalive', { keepalive: true, idleSeconds: 9000 }, 'none known'],
  ])('which are stale: %s', (_, more, said) => {
    expect(summaryLines(surveyOf([connection(more)]))[2]).toMatch(RegExp(`^stale: ${said}`))
  })

  const client = (remoteAddress: string, localPort = 8080) =>
    connection({ direction: 'in', remoteAddress, localPort })

  it('who would hold the pod back, and not who would not', () => {
    const connections = [
      ...['10.9.0.1', '10.9.0.1', '10.9.0.2'].map(address => client(address)),
      ...[client('127.0.0.1'), client('10.1.0.1'), client('10.9.0.3', 9090), connection()],
    ]
    const drain = (more: Partial<V1Pod>) => summaryLines(surveyOf(connections, more)).slice(3)
    expect(drain(draining('--not-port=9090'))).toEqual([
      'drain: chat-1 would wait for 3 connections (10.9.0.1 2, 10.9.0.2 1)',
    ])
    expect(drain(draining('--port=9090'))).toEqual(['drain: chat-1 would wait for 1 connection (10.9.0.3 1)'])
    expect(drain({})).toEqual([])
    const metadata = { namespace: 'prod', name: 'chat-1', deletionTimestamp: new Date(0) }
    expect(drain({ ...draining(), metadata })).toEqual([
      'drain: chat-1 is held back by 4 connections (10.9.0.1 2, 10.9.0.2 1, 10.9.0.3 1)',
    ])
  })
})

it('prints a line for each connection, with what may be known', () => {
  const connections = [
    connection({ direction: 'in', localPort: 8080, remoteAddress: '2001:db8::1', remotePort: 50_000 }),
    connection({ container: null, keepalive: false, keepaliveLeftSeconds: null, sendQueueBytes: 12 }),
    connection({
      keepalive: null,
      keepaliveLeftSeconds: null,
      process: 'evil\u001B[2J',
      userTimeoutSeconds: null,
    }),
  ]
  expect(printTable(surveyOf(connections), plain).split('\n').slice(0, 4)).toEqual([
    'POD     CONTAINER  DIR       PEER                 AGE>=  IDLE  KEEPALIVE     RECV/SEND-Q  RETR',
    'chat-1  app        in :8080  [2001:db8::1]:50000  60s    30s   on, 12s left  0/0          0',
    'chat-1  -          out       10.0.0.7:6379        60s    30s   off           0/12         0',
    'chat-1  app        out       10.0.0.7:6379        60s    30s   ?             0/0          0',
  ])
  const wide = printWideTable(surveyOf(connections), plain)
  expect(wide).toMatch(/LOCAL +USER-TIMEOUT +RTT-MS +PROCESS\n/)
  expect(wide).toContain('evil?[2J[7]')
})

it('prints a line for each peer, the one with the most connections first', () => {
  const connections = [
    connection({ remotePort: 1 }),
    ...[50_000, 50_001].map(remotePort =>
      connection({
        direction: 'in',
        localPort: 80,
        remotePort,
        idleSeconds: remotePort - 49_990,
        keepalive: false,
      }),
    ),
  ]
  expect(printPeers(surveyOf(connections), plain).split('\n').slice(0, 3)).toEqual([
    'PEER        DIR     CONNECTIONS  PODS  NO-KEEPALIVE  IDLE',
    '10.0.0.7    in :80  2            1     2             10s to 11s',
    '10.0.0.7:1  out     1            1     0             30s',
  ])
})

it('takes as many connections as a large cluster has', () => {
  const many = Array<PodConnection>(200_000).fill(connection())
  expect(printTable(surveyOf(many), plain)).toContain('\n200000 connections in 1 pod\n')
  expect(printPeers(surveyOf(many), plain)).toContain('\n200000 connections in 1 pod\n')
})
