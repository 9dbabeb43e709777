/** What a hang-up would do: each container tells it without touching anything. */

import type { V1Pod } from '@kubernetes/client-node'
import type { Fleet } from '../ask.ts'
import { askPods } from '../ask-pods.ts'
import { readEnded } from '../native-connection.ts'
import { accessTo, type FleetPod, type LeftOut } from '../pod-access.ts'
import { type Endings, type HangupRequest, podEndings } from './ending.ts'

/** Tries it on the pods. */
export async function planHangup(
  fleet: Fleet,
  objects: readonly V1Pod[],
  request: HangupRequest,
): Promise<Endings> {
  const question = { command: [...hangupCommand(request), '--dry-run'], read: readEnded }
  const accesses = objects.map(accessTo).map(withoutHostProcesses)
  const { told, leftOut } = await askPods(fleet, accesses, question)
  const pods = told.map(({ pod, answers }) =>
    podEndings(pod, new Map(answers.map(({ container, lines }) => [container, lines]))),
  )
  return { pods, leftOut }
}

/** The call of the binary that a request comes to, without what a run or a trial adds. */
export function hangupCommand({ peer, idleForMs }: HangupRequest): string[] {
  const idle = idleForMs === undefined ? [] : [`--idle-for=${idleForMs}ms`]
  return ['hangup', '--json', ...idle, peer.address, peer.ports]
}

/** There the binary would reach processes of other pods, and of the node. */
function withoutHostProcesses(access: FleetPod | LeftOut): FleetPod | LeftOut {
  if (!('containers' in access) || !access.seesHostProcesses) return access
  const { namespace, name } = access
  const reason = 'it has hostPID, where the processes of others would be reached as well'
  return { namespace, name, reason, isFailure: true }
}
