/** The pods that run, by workload or by label. */

import type { V1Pod } from '@kubernetes/client-node'
import { type Api, refusalOf } from './client/api.ts'
import { ClusterError } from './client/cluster-error.ts'
import { listItems } from './lists.ts'
import { readWorkloads } from './live-objects.ts'
import { keepOwned, selectorOf } from './pod-owners.ts'
import { finishedPhases, isUnfinished } from './pod-phase.ts'
import type { WorkloadName } from './workload-resources.ts'

interface WorkloadChoice {
  names: readonly WorkloadName[]
  namespace: string
}

interface LabelChoice {
  /** As queries of the API take it; '' chooses all. */
  selector: string
  /** Without one in all of them. */
  namespace?: string
}

export type PodChoice = WorkloadChoice | LabelChoice

/**
 * The pods that are not finished, each once, by namespace and name. Throws a ClusterError that tells of all that can't
 * be read.
 */
export async function findPods(api: Api, choice: PodChoice): Promise<V1Pod[]> {
  if (choice.namespace !== undefined) await checkNamespace(api, choice.namespace)
  const found = 'names' in choice ? await podsOfAll(api, choice) : await listPods(api, choice)
  const pods = new Map(found.map(pod => [pod.metadata?.uid, pod]))
  return [...pods.values()].sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1))
}

/** The pod as it is now; undefined where there is none of that name, or it can't be read. */
export async function readPod(api: Api, namespace: string, name: string): Promise<V1Pod | undefined> {
  const answer = await api.get(`${podsPath(namespace)}/${encodeURIComponent(name)}`)
  return answer.status === 200 ? (answer.body as V1Pod) : undefined
}

/** In a namespace that is not there lists are empty, without a word about it. */
async function checkNamespace(api: Api, namespace: string): Promise<void> {
  const { status } = await api.get(`/api/v1/namespaces/${encodeURIComponent(namespace)}`)
  if (status === 404) throw new ClusterError(`namespace ${namespace} is not in the cluster`)
}

async function podsOfAll(api: Api, { names, namespace }: WorkloadChoice): Promise<V1Pod[]> {
  const found: V1Pod[] = []
  for (const workload of await readWorkloads(api, names, namespace)) {
    const selector = selectorOf(workload)
    const pods =
      workload.kind === 'Pod'
        ? [workload as V1Pod].filter(isUnfinished)
        : await keepOwned(api, workload, await listPods(api, { selector, namespace }))
    found.push(...pods)
  }
  return found
}

async function listPods(api: Api, { selector, namespace }: LabelChoice): Promise<V1Pod[]> {
  const fieldSelector = finishedPhases.map(phase => `status.phase!=${phase}`).join()
  const filter = { labelSelector: selector, fieldSelector }
  const pods = await listItems<V1Pod>(api, podsPath(namespace), filter)
  if ('refused' in pods) throw new ClusterError(`the pods can't be listed: ${refusalOf(pods.refused)}`)
  return pods
}

function podsPath(namespace: string | undefined): string {
  return namespace === undefined ? '/api/v1/pods' : `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`
}

function placeOf({ metadata }: V1Pod): string {
  return `${metadata?.namespace}/${metadata?.name}`
}
