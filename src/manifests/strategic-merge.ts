/** Strategic merge patches, which lie beside manifests in overlays and look like them. */

/** Keys that tell `kubectl patch` and Kustomize what to do; no object has them. */
const directive = /^\$(?:patch|retainKeys|deleteFromPrimitiveList\/.*|setElementOrder\/.*)$/

/** True for a value that holds a directive of a strategic merge patch, at any depth. */
export function holdsDirective(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(holdsDirective)
  return Object.entries(value).some(([key, field]) => directive.test(key) || holdsDirective(field))
}

/** True for the pod template of a patch, by its containers: they name no image, since the object has one. */
export function namesNoImage(template: unknown): boolean {
  const containers = (template as { spec?: { containers?: unknown } | null } | null)?.spec?.containers
  return (
    Array.isArray(containers) &&
    !containers.some(each => typeof each === 'object' && each !== null && 'image' in each)
  )
}
