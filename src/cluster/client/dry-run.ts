/** The creation of a pod as a dry run: through the whole admission chain, and not stored. */

import type { V1Pod } from '@kubernetes/client-node'
import { type Api, type ApiAnswer, refusalOf } from './api.ts'
import { ClusterError } from './cluster-error.ts'

export type DryRun = { warnings: readonly string[] } & (
  | { pod: V1Pod }
  /** In the words of the API server. */
  | { refusal: string }
)

const query = 'dryRun=All&fieldManager=longhaul-preview'

/**
 * What the cluster makes of a pod. Throws a ClusterError where the person may not create pods, who can't try it
 * either: a dry run needs the same right.
 */
export async function dryRunPod(api: Api, pod: V1Pod, namespace: string): Promise<DryRun> {
  const answer = await api.post(`/api/v1/namespaces/${encodeURIComponent(namespace)}/pods?${query}`, pod)
  const { status, body, warnings } = answer
  if (status === 201) return { pod: body as V1Pod, warnings }
  if (lacksRight(answer)) {
    const need = `a dry run needs the right to create pods in namespace ${namespace}`
    throw new ClusterError(`${need} (verb create, resource pods): ${refusalOf(answer)}`)
  }
  return { refusal: refusalOf(answer), warnings }
}

/** Refusals by admission have the same status and reason; only the words differ. */
function lacksRight(answer: ApiAnswer): boolean {
  return (
    answer.status === 401 ||
    (answer.status === 403 && /cannot create resource "pods"/.test(refusalOf(answer)))
  )
}
