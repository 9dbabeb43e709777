/** Strategic merge patches, which lie beside manifests in overlays and look like them. */

import { type KubernetesObject, templatePath, valueAt } from './workloads.ts'

/** Keys that tell `kubectl patch` and Kustomize what to do; no object has them. */
const directive = /^\$(?:patch|retainKeys|deleteFromPrimitiveList\/.*|setElementOrder\/.*)$/

/** True for a value that holds a directive of a strategic merge patch, at any depth. */
export function holdsDirective(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(holdsDirective)
  return Object.entries(value).some(([key, field]) => directive.test(key) || holdsDirective(field))
}

/**
 * What tells that a workload is only a part of one, as patches without directives are: something is not there that the
 * object has. Undefined where all of it is.
 */
export function missingPart(workload: KubernetesObject): string | undefined {
  const containers = valueAt(workload, [...templatePath(workload), 'spec', 'containers'])
  if (containers == null) return 'it names no containers'
  // Patches are merged by the names of containers.
  if (!Array.isArray(containers) || containers.some(each => valueAt(each, ['name']) == null)) return undefined
  if (containers.some(each => valueAt(each, ['image']) == null)) return 'a container names no image'
  const needsSelector = workload.apiVersion === 'apps/v1'
  return needsSelector && valueAt(workload, ['spec', 'selector']) == null ? 'it has no selector' : undefined
}
