/** The connections of many pods in a table, for people, and what it comes to. */

import { formatDuration } from '../../policy/duration.ts'
import type { Style } from '../../preview/style.ts'
import { table } from '../../preview/table.ts'
import { endpointText } from '../endpoint.ts'
import { withSummary } from './summary.ts'
import type { PodConnection, PodSurvey, Survey } from './survey.ts'

interface Row extends Pick<PodSurvey, 'pod'> {
  connection: PodConnection
}

type Column = readonly [head: string, cell: (row: Row) => string]

const columns: readonly Column[] = [
  ['POD', ({ pod }) => pod.name],
  ['CONTAINER', ({ connection }) => connection.container ?? '-'],
  ['DIR', ({ connection }) => directionText(connection)],
  ['PEER', ({ connection }) => endpointText(connection.remoteAddress, connection.remotePort)],
  ['AGE>=', ({ connection }) => secondsText(connection.minimumAgeSeconds)],
  ['IDLE', ({ connection }) => secondsText(connection.idleSeconds)],
  ['KEEPALIVE', ({ connection }) => keepaliveText(connection)],
  ['RECV/SEND-Q', ({ connection }) => `${connection.receiveQueueBytes}/${connection.sendQueueBytes}`],
  ['RETR', ({ connection }) => String(connection.retransmissions)],
]

const wideColumns: readonly Column[] = [
  ['LOCAL', ({ connection }) => endpointText(connection.localAddress, connection.localPort)],
  ['USER-TIMEOUT', ({ connection }) => userTimeoutText(connection)],
  ['RTT-MS', ({ connection }) => String(Math.round(connection.roundTripMicroseconds / 1000))],
  ['PROCESS', ({ connection }) => processText(connection)],
]

/** With the namespace of each pod where they are of several. */
export function printTable(survey: Survey, style: Style): string {
  return print(survey, columns, style)
}

/** The same with more columns. */
export function printWideTable(survey: Survey, style: Style): string {
  return print(survey, [...columns, ...wideColumns], style)
}

function print(survey: Survey, shown: readonly Column[], style: Style): string {
  const rows = survey.pods.flatMap(({ pod, connections }) =>
    connections.map(connection => ({ pod, connection })),
  )
  const all = isOfSeveralNamespaces(survey) ? [namespaceColumn, ...shown] : shown
  const heads = all.map(([head]) => head)
  const lines = table([heads, ...rows.map(row => all.map(([, cell]) => cell(row)))])
  return withSummary(rows.length === 0 ? [] : lines, survey, style)
}

const namespaceColumn: Column = ['NAMESPACE', ({ pod }) => pod.namespace]

function isOfSeveralNamespaces({ pods }: Survey): boolean {
  return new Set(pods.map(({ pod }) => pod.namespace)).size > 1
}

/** An incoming connection with the port that it came to. */
function directionText({ direction, localPort }: PodConnection): string {
  return direction === 'in' ? `in :${localPort}` : 'out'
}

function secondsText(seconds: number): string {
  return formatDuration(Math.floor(seconds) * 1000)
}

function keepaliveText({ keepalive, keepaliveLeftSeconds }: PodConnection): string {
  if (keepalive === null) return '?'
  const left = keepaliveLeftSeconds === null ? '' : `, ${secondsText(keepaliveLeftSeconds)} left`
  return keepalive ? `on${left}` : 'off'
}

function userTimeoutText({ userTimeoutSeconds }: PodConnection): string {
  if (userTimeoutSeconds === null) return '?'
  return userTimeoutSeconds === 0 ? 'off' : secondsText(userTimeoutSeconds)
}

function processText({ pid, process }: PodConnection): string {
  return pid === null ? '-' : `${process}[${pid}]`
}
