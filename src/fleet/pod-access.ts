/** Where in a pod Longhaul's binary can be run, and what of the network it sees there. */

import type { V1Container, V1ContainerStatus, V1Pod } from '@kubernetes/client-node'
import { lastingContainers } from '../mutation/containers.ts'
import { filesPath } from '../mutation/delivery.ts'

/** A pod that has connections to tell of. */
export interface FleetPod {
  namespace: string
  name: string
  /** The containers that run and have the files; at least one. */
  containers: readonly string[]
  /** Set where all that runs in the pod is one container. */
  onlyContainer?: string
  /** Connections of other pods, and of the node, are then seen as well. */
  isOnHostNetwork: boolean
  /** Processes of other pods, and of the node, are then seen as well. */
  seesHostProcesses: boolean
  addresses: readonly string[]
  isTerminating: boolean
  /** As it was read. */
  object: V1Pod
}

/** A pod that was not looked into, or not to its end. */
export interface LeftOut {
  namespace: string
  name: string
  /** Set where only a container is meant. */
  container?: string
  reason: string
  /** False where there is nothing to look into: no harm is done. */
  isFailure: boolean
}

const noFiles =
  `it has no files of Longhaul: add longhaul.dev/inject=true to its namespace, or settings to its pod template, ` +
  'and restart its workload'

const noBounds = "it has hostNetwork and hostPID, where nothing tells its connections from others'"

/** The pod as the binary can be run in it, or why it can't. */
export function accessTo(pod: V1Pod): FleetPod | LeftOut {
  const { namespace = '', name = '' } = pod.metadata ?? {}
  const leftOut = (reason: string, isFailure: boolean) => ({ namespace, name, reason, isFailure })
  const running = runningContainers(pod)
  if (running.length === 0) return leftOut(`it does not run (${phaseOf(pod)})`, false)
  if (!lastingContainers(pod).some(hasFilesMounted)) return leftOut(noFiles, true)
  const containers = running.filter(hasFilesMounted).map(each => each.name)
  const [isOnHostNetwork, seesHostProcesses] = [pod.spec?.hostNetwork === true, pod.spec?.hostPID === true]
  if (isOnHostNetwork && seesHostProcesses) return leftOut(noBounds, true)
  if (containers.length === 0) return leftOut("none of its containers that have Longhaul's files runs", true)
  const [only] = running
  return {
    namespace,
    name,
    containers,
    ...(running.length === 1 && only !== undefined && { onlyContainer: only.name }),
    isOnHostNetwork,
    seesHostProcesses,
    addresses: pod.status?.podIPs?.map(({ ip }) => ip) ?? [],
    isTerminating: pod.metadata?.deletionTimestamp !== undefined,
    object: pod,
  }
}

/** True where a container that ran when the pod was read does not run any more, or has been restarted. */
export function hasEnded(before: V1Pod, container: string, now: V1Pod | undefined): boolean {
  if (now === undefined || now.metadata?.uid !== before.metadata?.uid) return true
  const [was, is] = [statusOf(before, container), statusOf(now, container)]
  return is?.state?.running === undefined || is.containerID !== was?.containerID
}

function runningContainers(pod: V1Pod): V1Container[] {
  return lastingContainers(pod).filter(({ name }) => statusOf(pod, name)?.state?.running !== undefined)
}

function statusOf({ status }: V1Pod, container: string): V1ContainerStatus | undefined {
  const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])]
  return all.find(({ name }) => name === container)
}

function hasFilesMounted({ volumeMounts = [] }: V1Container): boolean {
  return volumeMounts.some(({ mountPath }) => mountPath === filesPath)
}

function phaseOf({ status }: V1Pod): string {
  return status?.phase ?? 'Unknown'
}
