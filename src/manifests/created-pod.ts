/** A pod as a request to create it, which the API server accepts: in the way of the workload's controller. */

import type { V1OwnerReference, V1Pod, V1PodSpec, V1Volume } from '@kubernetes/client-node'
import { type KubernetesObject, podOf } from './workloads.ts'

/** For owners that are not there yet: the API server wants some id, and looks nobody up by it. */
const noUid = '00000000-0000-0000-0000-000000000000'

/**
 * The pod of a workload with all that a creation needs: ids of owners, the claims of a StatefulSet. It leaves
 * out what belongs to a pod that runs, and what needs the controller's knowledge: the labels with hashes and
 * indexes, the tolerations of a DaemonSet. The name is generated, so that a pod that is there is not in the way.
 */
export function creationOf(workload: KubernetesObject, namespace: string): V1Pod {
  const { metadata, spec, ...rest } = podOf(workload, namespace)
  const { name, generateName, labels, annotations, ownerReferences } = metadata ?? {}
  const prefix = generateName ?? (name === undefined ? undefined : `${name}-`)
  const owners = ownerReferences?.map(owner => withUid(owner, workload))
  return {
    ...rest,
    metadata: {
      namespace,
      ...(prefix === undefined ? {} : { generateName: prefix }),
      ...(labels == null ? {} : { labels }),
      ...(annotations == null ? {} : { annotations }),
      ...(owners === undefined ? {} : { ownerReferences: owners }),
    },
    ...(spec == null
      ? {}
      : { spec: withClaims(workload.kind === 'Pod' ? unscheduled(spec) : spec, workload) }),
  }
}

function withUid(owner: V1OwnerReference, { kind, metadata }: KubernetesObject): V1OwnerReference {
  if (owner.uid !== '') return owner
  return { ...owner, uid: (owner.kind === kind ? metadata?.uid : undefined) ?? noUid }
}

/** A pod that runs has been given a node, and may hold containers for debugging, which none is created with. */
function unscheduled({ nodeName: _, ephemeralContainers: __, ...spec }: V1PodSpec): V1PodSpec {
  return spec
}

/** With a volume for each claim of a StatefulSet, as its first pod has it: mounts may name them. */
function withClaims(spec: V1PodSpec, { kind, metadata, spec: workloadSpec }: KubernetesObject): V1PodSpec {
  const { volumeClaimTemplates } = (workloadSpec ?? {}) as {
    volumeClaimTemplates?: KubernetesObject[] | null
  }
  if (kind !== 'StatefulSet' || volumeClaimTemplates == null) return spec
  const claims = volumeClaimTemplates.map((claim): V1Volume => {
    const name = String(claim.metadata?.name)
    return { name, persistentVolumeClaim: { claimName: `${name}-${metadata?.name}-0` } }
  })
  const names = new Set(claims.map(({ name }) => name))
  return { ...spec, volumes: [...claims, ...(spec.volumes ?? []).filter(({ name }) => !names.has(name))] }
}

const bookkeeping: ReadonlySet<string> = new Set([
  'name',
  'uid',
  'creationTimestamp',
  'managedFields',
  'generation',
  'resourceVersion',
])

/** What the cluster made of a created pod, without what every creation gets: name, id, times, field owners, status. */
export function withoutBookkeeping(pod: V1Pod): V1Pod {
  const { metadata, spec } = pod
  const kept = Object.entries(metadata ?? {}).filter(([field]) => !bookkeeping.has(field))
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: Object.fromEntries(kept),
    ...(spec === undefined ? {} : { spec }),
  }
}
