/** Hanging up what a plan has found, pod by pod. */

import { setTimeout as delay } from 'node:timers/promises'
import { type Answer, createAsking, type Fleet } from '../ask.ts'
import { brokenOff } from '../ask-pods.ts'
import { type EndedConnection, keyOf, readEnded } from '../native-connection.ts'
import type { LeftOut } from '../pod-access.ts'
import { type Endings, type HangupRequest, type PodEndings, podEndings } from './ending.ts'
import { hangupCommand } from './plan.ts'
import { sharesOf } from './shares.ts'

/** Called with each connection that a container has dealt with. */
export type OnEnded = (connection: EndedConnection) => void

/** How many connections of a pod the plan would hang up. */
export function reachableIn({ connections }: PodEndings): number {
  return connections.filter(({ outcome }) => outcome === 'dry-run').length
}

/**
 * Hangs up, in the containers that can, and gives what has become of all that was planned. When the fleet is told to
 * stop, the binary is as well, and what is left is told.
 */
export async function carryOut(
  fleet: Fleet,
  plan: Endings,
  request: HangupRequest,
  onEnded: OnEnded,
): Promise<Endings> {
  const ask = createAsking(fleet)
  const shares = sharesOf(plan.pods.map(reachableIn), request.spreadMs)
  const read = (line: string) => {
    const connection = readEnded(line)
    if (connection !== undefined) onEnded(connection)
    return connection
  }
  const done = await Promise.all(
    plan.pods.map(async (planned, index) => {
      const { startMs, lengthMs } = shares[index] ?? { startMs: 0, lengthMs: 0 }
      await delay(startMs, undefined, { signal: fleet.stop }).catch(() => {})
      const command = [...hangupCommand(request), '--stop-on-eof', `--spread=${lengthMs}ms`]
      const question = { pod: planned.pod, command, read, lastsMs: lengthMs }
      const containers = containersThatCan(planned)
      const answers = await Promise.all(containers.map(container => ask({ ...question, container })))
      return { endings: combine(planned, answers), broken: brokenOff(answers) }
    }),
  )
  const broken = done.flatMap(each => each.broken)
  return { pods: done.map(({ endings }) => endings), leftOut: [...plan.leftOut, ...broken] }
}

function containersThatCan({ byContainer }: PodEndings): string[] {
  const can = (lines: readonly EndedConnection[]) => lines.some(({ outcome }) => outcome === 'dry-run')
  return [...byContainer].filter(([, lines]) => can(lines)).map(([container]) => container)
}

/** Containers that were not asked again stand as they were planned. */
function combine({ pod, byContainer }: PodEndings, answers: readonly Answer<EndedConnection>[]): PodEndings {
  const now = answers.map(({ container, lines, leftOut }) => {
    return [container, [...lines, ...unheard(byContainer.get(container) ?? [], lines, leftOut)]] as const
  })
  return podEndings(pod, new Map([...byContainer, ...now]))
}

/** Of an answer that broke off, what was planned and has not been told of. */
function unheard(
  planned: readonly EndedConnection[],
  told: readonly EndedConnection[],
  leftOut: LeftOut | undefined,
): EndedConnection[] {
  if (leftOut === undefined) return []
  const { reason, isFailure } = leftOut
  const known = new Set(told.map(keyOf))
  return planned
    .filter(each => each.outcome === 'dry-run' && !known.has(keyOf(each)))
    .map(each => (isFailure ? { ...each, outcome: 'left', reason } : { ...each, outcome: 'gone' }))
}
