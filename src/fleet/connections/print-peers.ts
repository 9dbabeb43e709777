/** The connections of many pods by who is at their other end. */

import { formatDuration } from '../../policy/duration.ts'
import type { Style } from '../../preview/style.ts'
import { table } from '../../preview/table.ts'
import { endpointText } from '../endpoint.ts'
import { largestGroups } from '../largest-groups.ts'
import { withSummary } from './summary.ts'
import type { PodConnection, PodSurvey, Survey } from './survey.ts'

interface Row extends Pick<PodSurvey, 'pod'> {
  connection: PodConnection
}

const heads = ['PEER', 'DIR', 'CONNECTIONS', 'PODS', 'NO-KEEPALIVE', 'IDLE']

/** A line for each peer, the one with the most connections first. */
export function printPeers(survey: Survey, style: Style): string {
  const rows = survey.pods.flatMap(({ pod, connections }) =>
    connections.map(connection => ({ pod, connection })),
  )
  const groups = largestGroups(rows, ({ connection }) => peerCells(connection).join(' '))
  const lines = table([heads, ...groups.map(([, group]) => cellsOf(group))])
  return withSummary(groups.length === 0 ? [] : lines, survey, style)
}

/** Clients come from a port of their own each time; what they have in common is their address, and the port here. */
function peerCells({ direction, remoteAddress, remotePort, localPort }: PodConnection): [string, string] {
  if (direction === 'in') return [remoteAddress, `in :${localPort}`]
  return [endpointText(remoteAddress, remotePort), 'out']
}

function cellsOf(group: readonly Row[]): string[] {
  const connections = group.map(({ connection }) => connection)
  const [first] = connections
  const pods = new Set(group.map(({ pod }) => `${pod.namespace}/${pod.name}`))
  const unprotected = connections.filter(({ keepalive }) => keepalive === false)
  return [
    ...(first === undefined ? [] : peerCells(first)),
    ...[connections.length, pods.size, unprotected.length].map(String),
    idleText(connections.map(({ idleSeconds }) => idleSeconds)),
  ]
}

/** `3s`, or from the least to the most: `3s to 5m`. */
function idleText(seconds: readonly number[]): string {
  const sorted = seconds.map(Math.floor).sort((one, other) => one - other)
  const [least = 0, most = 0] = [sorted[0], sorted.at(-1)]
  return [...new Set([least, most])].map(each => formatDuration(each * 1000)).join(' to ')
}
