/** The connections of many pods. */

import type { V1Pod } from '@kubernetes/client-node'
import type { Fleet } from '../ask.ts'
import { askPods } from '../ask-pods.ts'
import { type Joined, joinContainers } from '../joined.ts'
import { type ListedConnection, readListed } from '../native-connection.ts'
import type { PeerChoice } from '../peer-choice.ts'
import { accessTo, type FleetPod, type LeftOut } from '../pod-access.ts'

export type PodConnection = Joined<ListedConnection>

export interface PodSurvey {
  pod: FleetPod
  connections: readonly PodConnection[]
}

export interface Survey {
  pods: readonly PodSurvey[]
  leftOut: readonly LeftOut[]
}

/** Which connections are of interest. */
export interface ConnectionChoice {
  to?: PeerChoice
  /** In milliseconds: without data either way for that long. */
  idleForMs?: number
  /** Only those that are known to have none. */
  withoutKeepalive: boolean
}

/** Lists the connections of the pods. */
export async function surveyPods(
  fleet: Fleet,
  objects: readonly V1Pod[],
  choice: ConnectionChoice,
): Promise<Survey> {
  const question = { command: listCommand(choice), read: readListed }
  const { told, leftOut } = await askPods(fleet, objects.map(accessTo), question)
  const isChosen = ({ keepalive }: PodConnection) => !choice.withoutKeepalive || keepalive === false
  const pods = told.map(({ pod, answers }) => {
    const connections = joinContainers(pod, answers, ([line]) => line)
    return { pod, connections: connections.filter(isChosen) }
  })
  return { pods, leftOut }
}

/** Whether keepalive is on is known only once all containers have been heard. */
function listCommand({ to, idleForMs }: ConnectionChoice): string[] {
  const idle = idleForMs === undefined ? [] : [`--idle-for=${idleForMs}ms`]
  return ['list', '--json', ...idle, ...(to === undefined ? [] : [to.address, to.ports])]
}
