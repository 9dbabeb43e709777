/** The nodes that a pod can run on, as far as its spec says. */

import type { V1Container, V1NodeSelectorTerm, V1Pod, V1PodSpec } from '@kubernetes/client-node'

/** Labels of nodes, each with the name that it had before Kubernetes 1.14. */
const osLabels = ['kubernetes.io/os', 'beta.kubernetes.io/os'] as const
const architectureLabels = ['kubernetes.io/arch', 'beta.kubernetes.io/arch'] as const

/** True for pods that only nodes with Windows take. */
export function isWindowsPod(pod: V1Pod): boolean {
  const { spec } = pod
  if (spec?.os != null) return spec.os.name === 'windows'
  const systems = allowed(pod, osLabels)
  if (systems !== undefined) return systems.every(each => each === 'windows')
  return hasWindowsOptions(spec) || spec?.containers?.some(hasWindowsOptions) === true
}

function hasWindowsOptions(part: V1Container | V1PodSpec | undefined): boolean {
  return Object.keys(part?.securityContext?.windowsOptions ?? {}).length > 0
}

/** The architectures of the nodes that a pod asks for, as nodes name them; undefined where it takes any. */
export function architecturesOf(pod: V1Pod): readonly string[] | undefined {
  return allowed(pod, architectureLabels)
}

/** The values of a label that a pod allows, by its node selector or by node affinity that is required. */
function allowed({ spec }: V1Pod, labels: readonly string[]): readonly string[] | undefined {
  for (const label of labels) {
    const selected = spec?.nodeSelector?.[label]
    if (selected != null) return [selected]
  }
  const affinity = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  // A node has to meet one of the terms.
  const values = affinity?.nodeSelectorTerms?.map(term => valuesIn(term, labels)) ?? []
  return values.length > 0 && values.every(each => each != null) ? values.flat() : undefined
}

function valuesIn(term: V1NodeSelectorTerm | null, labels: readonly string[]): string[] | undefined {
  return term?.matchExpressions?.find(({ key, operator }) => operator === 'In' && labels.includes(key))
    ?.values
}
