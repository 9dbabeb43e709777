/** What the connections come to: are they protected, which are stale, who holds pods back from draining. */

import type { Style } from '../../preview/style.ts'
import { counted } from '../counted.ts'
import { largestGroups } from '../largest-groups.ts'
import { drainedConnections, forgottenAfterSeconds, isUnanswered, mayBeForgotten } from './protection.ts'
import type { PodConnection, PodSurvey, Survey } from './survey.ts'

/** How many of a kind are named; of the others there is the number. */
const mostNamed = 5

/** The lines of a table, if any, and the summary below; empty where no pod could be asked. */
export function withSummary(lines: readonly string[], survey: Survey, style: Style): string {
  const summary = summaryLines(survey).map(line => style('bold', line))
  const all = lines.length === 0 ? summary : [...lines, '', ...summary]
  return all.map(line => `${line}\n`).join('')
}

/** A line for each question; none where no pod could be asked. */
export function summaryLines({ pods }: Survey): string[] {
  const connections = pods.flatMap(each => each.connections)
  if (pods.length === 0) return []
  if (connections.length === 0) return ['no connection matched']
  return [
    `${counted(connections.length, 'connection')} in ${counted(pods.length, 'pod')}`,
    keepaliveLine(pods, connections),
    staleLine(pods),
    ...drainLines(pods),
  ]
}

function keepaliveLine(pods: readonly PodSurvey[], connections: readonly PodConnection[]): string {
  const count = (keepalive: boolean | null) => connections.filter(each => each.keepalive === keepalive).length
  const off = placesOf(pods, ({ keepalive }) => keepalive === false)
  const unknown = count(null) === 0 ? '' : `, not known for ${count(null)}`
  return `keepalive: on for ${count(true)}, off for ${count(false)}${off}${unknown}`
}

function staleLine(pods: readonly PodSurvey[]): string {
  const kinds = [
    ['with data that nobody acknowledges', isUnanswered],
    [`without keepalive and idle for ${forgottenAfterSeconds}s or more`, mayBeForgotten],
  ] as const
  const parts = kinds.flatMap(([kind, isOf]) => {
    const count = pods.flatMap(each => each.connections).filter(isOf).length
    return count === 0 ? [] : [`${count} ${kind}${placesOf(pods, isOf)}`]
  })
  return `stale: ${parts.join('; ') || 'none known'}`
}

/** Those that end already come first, then those with the most to wait for. */
function drainLines(pods: readonly PodSurvey[]): string[] {
  const waiting = pods
    .map(each => ({ pod: each.pod, connections: drainedConnections(each) ?? [] }))
    .filter(({ connections }) => connections.length > 0)
    .sort(
      (one, other) =>
        Number(other.pod.isTerminating) - Number(one.pod.isTerminating) ||
        other.connections.length - one.connections.length,
    )
  const lines = waiting.slice(0, mostNamed).map(({ pod, connections }) => {
    const peers = named(largestGroups(connections, ({ remoteAddress }) => remoteAddress))
    const verb = pod.isTerminating ? 'is held back by' : 'would wait for'
    return `drain: ${pod.name} ${verb} ${counted(connections.length, 'connection')}${peers}`
  })
  const more = waiting.length - lines.length
  return more > 0 ? [...lines, `drain: ${more} more`] : lines
}

/** The containers that hold connections of a kind: ` (chat-1/app 3, chat-2/app 1)`. */
function placesOf(pods: readonly PodSurvey[], isOf: (connection: PodConnection) => boolean): string {
  const places = pods.flatMap(({ pod, connections }) =>
    connections.filter(isOf).map(({ container }) => `${pod.name}/${container ?? '-'}`),
  )
  return named(largestGroups(places, place => place))
}

function named(groups: readonly [string, readonly unknown[]][]): string {
  if (groups.length === 0) return ''
  const names = groups.slice(0, mostNamed).map(([name, items]) => `${name} ${items.length}`)
  const more = groups.length - names.length
  return ` (${[...names, ...(more > 0 ? [`${more} more`] : [])].join(', ')})`
}
