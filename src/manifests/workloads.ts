/** The kinds of object that make pods, where their pod template is, and the pods that come of them. */

import type { V1ObjectMeta, V1OwnerReference, V1Pod, V1PodTemplateSpec } from '@kubernetes/client-node'
import type { Problem } from '../policy/problems.ts'
import { ownEntries } from '../policy/read-values.ts'

/** An object of a manifest or a request, of which only the outline is known. */
export interface KubernetesObject {
  apiVersion: string
  kind: string
  metadata?: V1ObjectMeta | null
  [field: string]: unknown
}

interface WorkloadKind {
  /** API groups that have, or had, the kind; '' is the core group. */
  groups: readonly string[]
  /** Path to the pod template; empty for a pod, which is its own. */
  templatePath: readonly string[]
  /** Who makes the pods; absent where nobody does, or for a pod. */
  podOwner?: { apiVersion: string; kind: string }
}

const template = ['spec', 'template'] as const
const oldAppsGroups = ['apps', 'extensions'] as const

const workloadKinds: Readonly<Record<string, WorkloadKind>> = {
  Pod: { groups: [''], templatePath: [] },
  Deployment: {
    groups: oldAppsGroups,
    templatePath: template,
    podOwner: { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  },
  StatefulSet: {
    groups: ['apps'],
    templatePath: template,
    podOwner: { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  },
  DaemonSet: {
    groups: oldAppsGroups,
    templatePath: template,
    podOwner: { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  },
  ReplicaSet: {
    groups: oldAppsGroups,
    templatePath: template,
    podOwner: { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  },
  ReplicationController: {
    groups: [''],
    templatePath: template,
    podOwner: { apiVersion: 'v1', kind: 'ReplicationController' },
  },
  Job: { groups: ['batch'], templatePath: template, podOwner: { apiVersion: 'batch/v1', kind: 'Job' } },
  CronJob: {
    groups: ['batch'],
    templatePath: ['spec', 'jobTemplate', 'spec', 'template'],
    podOwner: { apiVersion: 'batch/v1', kind: 'Job' },
  },
}

function kindOf({ apiVersion, kind }: KubernetesObject): WorkloadKind | undefined {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
  const found = Object.hasOwn(workloadKinds, kind) ? workloadKinds[kind] : undefined
  return found?.groups.includes(group) ? found : undefined
}

/** True for objects whose pods Longhaul can foresee. */
export function isWorkload(object: KubernetesObject): boolean {
  return kindOf(object) !== undefined
}

/** True for an object of another kind that seems to hold a pod template, such as an Argo Rollout, or a JobSet deeper down. */
export function holdsUnknownTemplate(object: KubernetesObject): boolean {
  return !isWorkload(object) && holdsTemplate(object)
}

function holdsTemplate(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return (
    Array.isArray(valueAt(value, [...template.slice(1), 'spec', 'containers'])) ||
    Object.values(value).some(holdsTemplate)
  )
}

/** Path of the pod template inside a workload; empty for a pod. */
export function templatePath(workload: KubernetesObject): readonly string[] {
  return kindOf(workload)?.templatePath ?? []
}

/** True for a value with the outline of an object: apiVersion and kind. */
export function isKubernetesObject(value: unknown): value is KubernetesObject {
  if (typeof value !== 'object' || value === null) return false
  const { apiVersion, kind } = value as Partial<Record<string, unknown>>
  return typeof apiVersion === 'string' && typeof kind === 'string'
}

/** The pod that the workload's controller would create, as the webhook would see it. */
export function podOf(workload: KubernetesObject, namespace: string): V1Pod {
  const kind = kindOf(workload)
  const path = templatePath(workload)
  const { metadata, spec } = (valueAt(workload, path) ?? {}) as V1PodTemplateSpec
  const own: V1ObjectMeta = { ...metadata, namespace }
  const pod = { apiVersion: 'v1', kind: 'Pod', ...(spec == null ? {} : { spec }) }
  if (kind?.podOwner === undefined) return { ...pod, metadata: own }
  const name = workload.metadata?.name ?? workload.metadata?.generateName ?? ''
  const owner: V1OwnerReference = { ...kind.podOwner, name, uid: '', controller: true }
  return { ...pod, metadata: { ...own, generateName: `${name}-`, ownerReferences: [owner] } }
}

/** The workload with the annotations and the spec of a mutated pod in its template. */
export function withPod(workload: KubernetesObject, pod: V1Pod): KubernetesObject {
  return replaceAt(workload, templatePath(workload), before => {
    const { metadata, ...rest } = (before ?? {}) as V1PodTemplateSpec
    const annotations = pod.metadata?.annotations
    return {
      ...rest,
      metadata: { ...metadata, ...(annotations == null ? {} : { annotations }) },
      spec: pod.spec,
    }
  }) as KubernetesObject
}

function replaceAt(value: unknown, path: readonly string[], change: (value: unknown) => unknown): unknown {
  const [first, ...rest] = path
  if (first === undefined) return change(value)
  const fields = (value ?? {}) as Record<string, unknown>
  return { ...fields, [first]: replaceAt(fields[first], rest, change) }
}

/** What stands at a path; undefined where the path leads nowhere. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (at as Record<string | number, unknown> | null | undefined)?.[key],
    value,
  )
}

/** Settings on a workload's own metadata, where its pods do not get them from. */
export function misplacedAnnotations(workload: KubernetesObject): Problem[] {
  if (templatePath(workload).length === 0) return []
  return ownEntries(workload.metadata?.annotations).map(([key, value]) => ({
    key,
    value: String(value),
    place: `the ${workload.kind}`,
    rule: 'does not reach its pods',
    fix: "move it to the template's annotations",
    effect: `They are at ${templatePath(workload).join('.')}.metadata.annotations.`,
  }))
}
