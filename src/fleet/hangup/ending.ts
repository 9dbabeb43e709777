/** Connections of many pods to be hung up: which there are, and what becomes of them. */

import { type Joined, joinContainers } from '../joined.ts'
import { type EndedConnection, type Outcome, outcomes } from '../native-connection.ts'
import type { PeerChoice } from '../peer-choice.ts'
import type { FleetPod, LeftOut } from '../pod-access.ts'

export interface HangupRequest {
  peer: PeerChoice
  /** In milliseconds: only those without data either way for that long. */
  idleForMs?: number
  /** In milliseconds: from the first connection of the first pod to the last of the last; 0: all at once. */
  spreadMs: number
}

export type PodEnding = Joined<EndedConnection>

export interface PodEndings {
  pod: FleetPod
  connections: readonly PodEnding[]
  /** What each container said, by its name. */
  byContainer: ReadonlyMap<string, readonly EndedConnection[]>
}

export interface Endings {
  pods: readonly PodEndings[]
  leftOut: readonly LeftOut[]
}

/** What remains as it is, though it was to be hung up. */
const missed: ReadonlySet<Outcome> = new Set(['left', 'failed', 'not-reached', 'denied', 'unowned'])

export function isMissed({ outcome }: EndedConnection): boolean {
  return missed.has(outcome)
}

/** What becomes of a pod's connections, of which each container has ended its own. */
export function podEndings(
  pod: FleetPod,
  byContainer: ReadonlyMap<string, readonly EndedConnection[]>,
): PodEndings {
  const answers = [...byContainer].map(([container, lines]) => ({ container, lines }))
  const connections = joinContainers(pod, answers, weightiest)
  return { pod, connections: connections.map(each => explained(pod, each)), byContainer }
}

/** As `outcomes` lists them: what one container has hung up is no longer there for the others. */
function weightiest(lines: readonly EndedConnection[]): EndedConnection | undefined {
  return lines.toSorted((one, other) => weightOf(one) - weightOf(other))[0]
}

function weightOf({ outcome }: EndedConnection): number {
  return outcomes.indexOf(outcome)
}

/** A container can't know that another one, which was not asked, may hold it; nor does it say why it was stopped. */
function explained({ containers }: FleetPod, connection: PodEnding): PodEnding {
  if (connection.outcome === 'left') return { reason: 'it was stopped before', ...connection }
  if (connection.outcome !== 'unowned') return connection
  const reason = `no process of a container with Longhaul's files (${containers.join(', ')}) holds it`
  return { ...connection, reason }
}
