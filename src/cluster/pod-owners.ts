/** Whose a pod is: that of its controller, or, of a ReplicaSet's and a Job's, that of the controller's own. */

import type { V1LabelSelector, V1ObjectMeta, V1OwnerReference, V1Pod } from '@kubernetes/client-node'
import type { KubernetesObject } from '../manifests/workloads.ts'
import { type Api, refusalOf } from './client/api.ts'
import { ClusterError } from './client/cluster-error.ts'
import { labelSelectorText } from './label-selector.ts'
import { readWorkloadNames } from './workload-resources.ts'

/** What stands between some workloads and their pods. */
const between: Readonly<Record<string, string>> = { Deployment: 'ReplicaSet', CronJob: 'Job' }

/**
 * Those of some pods that a workload owns: others may have the same labels. Each owner in between is asked for once.
 * Throws a ClusterError where that may not be read.
 */
export async function keepOwned(
  api: Api,
  workload: KubernetesObject,
  pods: readonly V1Pod[],
): Promise<V1Pod[]> {
  const kind = between[workload.kind]
  if (kind === undefined) return pods.filter(({ metadata }) => isOwned(metadata, workload))
  const controllers = pods.map(({ metadata }) => controllerOf(metadata))
  const owners = new Map(controllers.flatMap(owner => (owner?.kind === kind ? [[owner.uid, owner]] : [])))
  const own = new Set<string>()
  for (const owner of owners.values()) {
    const metadata = await readMetadata(api, owner, workload.metadata?.namespace ?? '')
    if (metadata?.uid === owner.uid && isOwned(metadata, workload)) own.add(owner.uid)
  }
  return pods.filter((_, index) => own.has(controllers[index]?.uid ?? ''))
}

/** What narrows the list of pods to those that may be a workload's; a CronJob has no selector. */
export function selectorOf({ kind, spec }: KubernetesObject): string {
  const { selector = {} } = (spec ?? {}) as { selector?: V1LabelSelector }
  if (kind !== 'ReplicationController') return labelSelectorText(selector)
  return labelSelectorText({ matchLabels: selector as Record<string, string> })
}

/** Undefined where the owner is gone. */
async function readMetadata(
  api: Api,
  { kind, name }: V1OwnerReference,
  namespace: string,
): Promise<V1ObjectMeta | undefined> {
  const [owner] = readWorkloadNames([`${kind}/${name}`])
  const answer = await api.get(owner?.pathIn(namespace) ?? '')
  if (answer.status === 404) return undefined
  if (answer.status === 200) return (answer.body as KubernetesObject).metadata ?? undefined
  throw new ClusterError(`${kind} ${name}, whose pods there are, can't be read: ${refusalOf(answer)}`)
}

function isOwned(metadata: V1ObjectMeta | undefined, { metadata: owner }: KubernetesObject): boolean {
  return owner?.uid !== undefined && controllerOf(metadata)?.uid === owner.uid
}

function controllerOf(metadata: V1ObjectMeta | undefined): V1OwnerReference | undefined {
  return metadata?.ownerReferences?.find(({ controller }) => controller)
}
