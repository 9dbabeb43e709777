/** The connections of many pods. */

import type { V1Pod } from '@kubernetes/client-node'
import { createAsking, type Fleet } from '../ask.ts'
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
  const ask = createAsking(fleet)
  const command = listCommand(choice)
  const accesses = objects.map(accessTo)
  const pods = accesses.filter(each => 'containers' in each)
  const surveys = await Promise.all(
    pods.map(async pod => {
      const answers = await Promise.all(
        pod.containers.map(container => ask({ pod, container, command, read: readListed })),
      )
      const connections = joinContainers(pod, answers, ([line]) => line)
      const isChosen = ({ keepalive }: PodConnection) => !choice.withoutKeepalive || keepalive === false
      return { pod, connections: connections.filter(isChosen), answers }
    }),
  )
  const unasked = accesses.filter(each => 'reason' in each)
  const broken = surveys.flatMap(({ answers }) => answers.flatMap(({ leftOut = [] }) => leftOut))
  return { pods: surveys, leftOut: [...unasked, ...broken] }
}

/** Whether keepalive is on is known only once all containers have been heard. */
function listCommand({ to, idleForMs }: ConnectionChoice): string[] {
  const idle = idleForMs === undefined ? [] : [`--idle-for=${idleForMs}ms`]
  return ['list', '--json', ...idle, ...(to === undefined ? [] : [to.address, to.ports])]
}
