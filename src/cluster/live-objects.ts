/** What a preview reads of a cluster besides Longhaul itself: workloads, namespaces, the version. */

import type { NamespaceLabels } from '../manifests/namespaces.ts'
import { isKubernetesObject, type KubernetesObject } from '../manifests/workloads.ts'
import { type KubernetesVersion, parseKubernetesVersion } from '../policy/kubernetes-version.ts'
import { type Api, refusalOf } from './client/api.ts'
import { ClusterError } from './client/cluster-error.ts'
import type { WorkloadName } from './workload-resources.ts'

/** The workloads of some names, in order. Throws a ClusterError that tells of all that can't be read. */
export async function readWorkloads(
  api: Api,
  names: readonly WorkloadName[],
  namespace: string,
): Promise<KubernetesObject[]> {
  const faults: string[] = []
  const objects: KubernetesObject[] = []
  for (const each of names) {
    const answer = await api.get(each.pathIn(namespace))
    if (answer.status === 200 && isKubernetesObject(answer.body)) objects.push(answer.body)
    else
      faults.push(`${each.kind} ${each.name} can't be read from namespace ${namespace}: ${refusalOf(answer)}`)
  }
  if (faults.length > 0) throw new ClusterError(faults.join('\n'))
  return objects
}

/** What is known of some namespaces. */
interface NamespaceReading {
  labels: NamespaceLabels
  /** Of those that may not be read, a sentence each. */
  notes: readonly string[]
}

/** The labels of some namespaces. Throws a ClusterError that names all that are not there. */
export async function readNamespaces(api: Api, names: Iterable<string>): Promise<NamespaceReading> {
  const labels = new Map<string, Readonly<Record<string, string>>>()
  const missing: string[] = []
  const notes: string[] = []
  for (const name of names) {
    const answer = await api.get(`/api/v1/namespaces/${encodeURIComponent(name)}`)
    if (answer.status === 200) labels.set(name, (answer.body as KubernetesObject).metadata?.labels ?? {})
    else if (answer.status === 404) missing.push(name)
    else
      notes.push(
        `the labels of namespace ${name} can't be read, and are taken to be none: ${refusalOf(answer)}`,
      )
  }
  if (missing.length === 0) return { labels, notes }
  throw new ClusterError(
    missing
      .map(name => `namespace ${name} is not in the cluster; create it first, or preview without --live`)
      .join('\n'),
  )
}

/** The cluster's version. Throws a ClusterError where it says none. */
export async function readVersion(api: Api): Promise<KubernetesVersion> {
  const answer = await api.get('/version')
  const { gitVersion } = (answer.body ?? {}) as { gitVersion?: unknown }
  const version = typeof gitVersion === 'string' ? parseKubernetesVersion(gitVersion) : undefined
  if (version === undefined)
    throw new ClusterError(`the cluster does not tell its version: ${refusalOf(answer)}`)
  return version
}
