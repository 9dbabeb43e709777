/** What a hang-up would do, and what it has done: for people, and for programs. */

import type { Style } from '../../preview/style.ts'
import { table } from '../../preview/table.ts'
import { counted } from '../counted.ts'
import { endpointText } from '../endpoint.ts'
import { largestGroups } from '../largest-groups.ts'
import { leftOutEntry } from '../left-out.ts'
import type { EndedConnection } from '../native-connection.ts'
import type { FleetPod } from '../pod-access.ts'
import { type Endings, isMissed, type PodEnding } from './ending.ts'

interface Row {
  pod: FleetPod
  connection: PodEnding
}

/** How many connections are named as examples of a reason. */
const mostNamed = 3

type Counter = readonly [head: string, counts: (connection: EndedConnection) => boolean]

const planned: readonly Counter[] = [
  ['TO HANG UP', ({ outcome }) => outcome === 'dry-run'],
  ['NOT REACHED', isMissed],
]

const done: readonly Counter[] = [
  ['HUNG UP', ({ outcome }) => outcome === 'hung-up'],
  ['GONE', ({ outcome }) => outcome === 'gone'],
  ['NOT REACHED', isMissed],
]

/** A line for each container that holds some, then why some are not reached. */
export function printPlan(plan: Endings, style: Style): string {
  return print(plan, planned, style)
}

/** The same of what was done. */
export function printDone(endings: Endings, style: Style): string {
  return print(endings, done, style)
}

/** Every connection with its outcome, and what was left out. */
export function printEndingsJson({ pods, leftOut }: Endings): string {
  const connections = pods.flatMap(({ pod: { namespace, name }, connections }) =>
    connections.map(each => ({ namespace, pod: name, ...each })),
  )
  return `${JSON.stringify({ connections, leftOut: leftOut.map(leftOutEntry) }, undefined, 2)}\n`
}

function print({ pods }: Endings, counters: readonly Counter[], style: Style): string {
  const rows = pods.flatMap(({ pod, connections }) => connections.map(connection => ({ pod, connection })))
  if (rows.length === 0) return pods.length === 0 ? '' : 'no connection matched\n'
  const groups = Map.groupBy(rows, ({ pod, connection: { container, process } }) =>
    JSON.stringify([pod.namespace, pod.name, container ?? '-', process ?? '-']),
  )
  const heads = ['NAMESPACE', 'POD', 'CONTAINER', 'PROCESS', ...counters.map(([head]) => head)]
  const cells = [...groups].map(([place, group]) => [...JSON.parse(place), ...countCells(group, counters)])
  const reasons = reasonLines(rows).map(line => style('yellow', line))
  return `${[...table([heads, ...cells]), ...reasons, totalLine(rows, counters)].join('\n')}\n`
}

function countCells(rows: readonly Row[], counters: readonly Counter[]): string[] {
  return counters.map(([, counts]) => String(rows.filter(({ connection }) => counts(connection)).length))
}

/** Why connections were not reached, each reason once. */
function reasonLines(rows: readonly Row[]): string[] {
  const groups = largestGroups(
    rows.filter(({ connection }) => isMissed(connection)),
    ({ connection: { reason, outcome } }) => reason ?? outcome,
  )
  return groups.map(([reason, group]) => {
    const names = group.slice(0, mostNamed).map(({ pod, connection: { localAddress, localPort } }) => {
      return `${pod.name} ${endpointText(localAddress, localPort)}`
    })
    const more = group.length > names.length ? ', …' : ''
    return `not reached, ${group.length}: ${reason} (${names.join(', ')}${more})`
  })
}

function totalLine(rows: readonly Row[], counters: readonly Counter[]): string {
  const cells = countCells(rows, counters)
  const counts = counters.map(([head], index) => `${cells[index]} ${head.toLowerCase()}`)
  const pods = new Set(rows.map(({ pod }) => pod)).size
  return `${counted(rows.length, 'connection')} in ${counted(pods, 'pod')}: ${counts.join(', ')}`
}
