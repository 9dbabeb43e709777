/** What stands among manifests and is no workload, though one might take it for one. */

import {
  isKubernetesObject,
  isWorkload,
  type KubernetesObject,
  valueAt,
  workloadKindLike,
} from './workloads.ts'

/** Why kubectl would not take a value for an object, in words that follow a place; undefined where it would. */
export function whyNoObject(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'is a plain value'
  if (Array.isArray(value)) return 'is a list'
  const { apiVersion, kind, items } = value as Record<string, unknown>
  const missing = Object.entries({ apiVersion, kind }).filter(([, field]) => field == null || field === '')
  if (missing.length > 0) return `has no ${missing.map(([name]) => name).join(' and no ')}`
  if (!isKubernetesObject(value)) return 'has an apiVersion or a kind that is no text'
  return kind === 'List' && items != null && !Array.isArray(items) ? 'has items that are no list' : undefined
}

/** True for an object of another kind that seems to hold a pod template, such as an Argo Rollout, or a JobSet deeper down. */
export function holdsUnknownTemplate(object: KubernetesObject): boolean {
  return !isWorkload(object) && holdsTemplate(object)
}

/**
 * For an object with containers of a kind that Kubernetes does not have, such as `pod`: how it may be meant, in words that
 * follow it. Undefined for all others.
 */
export function misnamed(object: KubernetesObject): string | undefined {
  const isReserved = !object.apiVersion.split('/', 1)[0]?.includes('.')
  if (!isReserved || isWorkload(object) || templateHolders.has(object.kind)) return undefined
  if (!Array.isArray(valueAt(object, ['spec', 'containers'])) && !holdsTemplate(object)) return undefined
  const like = workloadKindLike(object.kind)
  return like === undefined ? '' : `; write apiVersion: ${like.apiVersion}, kind: ${like.kind}`
}

/** Kinds of Kubernetes' own groups that hold templates, and make no pods of them. */
const templateHolders: ReadonlySet<string> = new Set(['PodTemplate', 'ControllerRevision'])

function holdsTemplate(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return (
    Array.isArray(valueAt(value, ['template', 'spec', 'containers'])) ||
    Object.values(value).some(holdsTemplate)
  )
}
