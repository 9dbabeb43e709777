/** What a survey tells of connections: protected or not, stale, in the way of a drain. */

import { drainedPorts } from '../../mutation/pre-stop-hook.ts'
import { isLoopback } from '../peer-choice.ts'
import type { FleetPod } from '../pod-access.ts'
import type { PodConnection, PodSurvey } from './survey.ts'

/** The shortest time after which a well-known load balancer forgets an idle flow: 350 s, AWS NLB's. */
export const forgottenAfterSeconds = 350

/** A peer that has let a repeated segment wait for that long is not only slow. */
const silentSeconds = 10

/** True for a connection within the pod, which no network can lose. */
export function isWithinPod({ addresses }: FleetPod, { remoteAddress }: PodConnection): boolean {
  return isLoopback(remoteAddress) || addresses.includes(remoteAddress)
}

/** True where data that was sent is not acknowledged, has been sent again, and nothing comes. */
export function isUnanswered(connection: PodConnection): boolean {
  const { sendQueueBytes, retransmissions, lastReceivedSeconds } = connection
  return sendQueueBytes > 0 && retransmissions > 0 && lastReceivedSeconds >= silentSeconds
}

/** True where the network may have forgotten the connection, and neither side would notice. */
export function mayBeForgotten({ keepalive, idleSeconds }: PodConnection): boolean {
  return keepalive === false && idleSeconds >= forgottenAfterSeconds
}

/**
 * The connections that a drain of the pod waits for (design of the preStop hook: from outside, to a port that is
 * listened on, but for those that the hook leaves out); undefined where the pod has no drain.
 */
export function drainedConnections({ pod, connections }: PodSurvey): PodConnection[] | undefined {
  const ports = drainedPorts(pod.object)
  if (ports === undefined) return undefined
  return connections.filter(connection => {
    const { direction, localPort } = connection
    const isWatched = ports.only.length === 0 || ports.only.includes(localPort)
    const isCounted = isWatched && !ports.not.includes(localPort)
    return direction === 'in' && isCounted && !isWithinPod(pod, connection)
  })
}
