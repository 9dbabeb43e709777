/** Namespaces of manifests, as far as their labels go. */

import type { KubernetesObject } from './workloads.ts'

export type NamespaceLabels = ReadonlyMap<string, Readonly<Record<string, string>>>

/** The labels of the Namespace objects among some objects, by name. */
export function labelsOfNamespaces(objects: readonly KubernetesObject[]): NamespaceLabels {
  const namespaces = objects.filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Namespace')
  return new Map(namespaces.map(({ metadata }) => [metadata?.name ?? '', metadata?.labels ?? {}]))
}
