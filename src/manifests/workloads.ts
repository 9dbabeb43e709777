/** The kinds of object that make pods, where their pod template is, and the pods that come of them. */

import type { V1ObjectMeta, V1OwnerReference, V1Pod, V1PodTemplateSpec } from '@kubernetes/client-node'
import { nearest } from '../policy/nearest.ts'

/** An object of a manifest or a request, of which only the outline is known. */
export interface KubernetesObject {
  apiVersion: string
  kind: string
  metadata?: V1ObjectMeta | null
  [field: string]: unknown
}

interface WorkloadKind {
  /** Those that have, or had, the kind; the newest first. */
  apiVersions: readonly [string, ...string[]]
  /** Path to the pod template; empty for a pod, which is its own. */
  templatePath: readonly string[]
  /** Who makes the pods; absent where nobody does, or for a pod. */
  podOwner?: { apiVersion: string; kind: string }
}

const template = ['spec', 'template'] as const
const appsVersions = ['apps/v1', 'apps/v1beta2'] as const
const oldVersions = ['apps/v1beta1', 'extensions/v1beta1'] as const

const workloadKinds: Readonly<Record<string, WorkloadKind>> = {
  Pod: { apiVersions: ['v1'], templatePath: [] },
  Deployment: {
    apiVersions: [...appsVersions, ...oldVersions],
    templatePath: template,
    podOwner: { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  },
  StatefulSet: {
    apiVersions: [...appsVersions, 'apps/v1beta1'],
    templatePath: template,
    podOwner: { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  },
  DaemonSet: {
    apiVersions: [...appsVersions, 'extensions/v1beta1'],
    templatePath: template,
    podOwner: { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  },
  ReplicaSet: {
    apiVersions: [...appsVersions, 'extensions/v1beta1'],
    templatePath: template,
    podOwner: { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  },
  ReplicationController: {
    apiVersions: ['v1'],
    templatePath: template,
    podOwner: { apiVersion: 'v1', kind: 'ReplicationController' },
  },
  Job: {
    apiVersions: ['batch/v1'],
    templatePath: template,
    podOwner: { apiVersion: 'batch/v1', kind: 'Job' },
  },
  CronJob: {
    apiVersions: ['batch/v1', 'batch/v1beta1', 'batch/v2alpha1'],
    templatePath: ['spec', 'jobTemplate', 'spec', 'template'],
    podOwner: { apiVersion: 'batch/v1', kind: 'Job' },
  },
}

function kindOf({ apiVersion, kind }: KubernetesObject): WorkloadKind | undefined {
  const found = Object.hasOwn(workloadKinds, kind) ? workloadKinds[kind] : undefined
  return found?.apiVersions.includes(apiVersion) ? found : undefined
}

/** The kind of workload that a mistyped one may be meant to be, in its newest version. */
export function workloadKindLike(kind: string): { apiVersion: string; kind: string } | undefined {
  const names = new Map(Object.keys(workloadKinds).map(name => [name.toLowerCase(), name]))
  const name = names.get(nearest(kind, [...names.keys()]) ?? '')
  const found = name === undefined ? undefined : workloadKinds[name]
  return name === undefined || found === undefined
    ? undefined
    : { apiVersion: found.apiVersions[0], kind: name }
}

/** True for objects whose pods Longhaul can foresee. */
export function isWorkload(object: KubernetesObject): boolean {
  return kindOf(object) !== undefined
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
