/** The nodes that a pod can run on, as far as its spec says. */

import type { V1Container, V1NodeSelectorTerm, V1Pod, V1PodSpec } from '@kubernetes/client-node'

/** Labels of nodes, each with the name that it had before Kubernetes 1.14. */
const osLabels = ['kubernetes.io/os', 'beta.kubernetes.io/os'] as const
const architectureLabels = ['kubernetes.io/arch', 'beta.kubernetes.io/arch'] as const

/** On every node with Windows, and on no other (a well-known label of Kubernetes). */
const windowsBuildLabel = 'node.kubernetes.io/windows-build'
/** GKE's; of Windows `windows_ltsc` or `windows_sac`. */
const gkeDistributionLabel = 'cloud.google.com/gke-os-distribution'

/** True for pods that only nodes with Windows take. */
export function isWindowsPod(pod: V1Pod): boolean {
  const { spec } = pod
  if (spec?.os != null) return spec.os.name === 'windows'
  const systems = allowed(pod, osLabels)
  if (systems !== undefined) return systems.every(each => each === 'windows')
  if (asksForWindows(spec)) return true
  return hasWindowsOptions(spec) || spec?.containers?.some(hasWindowsOptions) === true
}

/** True where a label that only nodes with Windows have is asked for, or Linux is ruled out. */
function asksForWindows(spec: V1PodSpec | undefined): boolean {
  const selected = Object.entries(spec?.nodeSelector ?? {})
  if (selected.some(([key, value]) => isWindowsLabel(key, [value]))) return true
  const affinity = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const terms = affinity?.nodeSelectorTerms ?? []
  return terms.length > 0 && terms.every(isWindowsTerm)
}

function isWindowsTerm(term: V1NodeSelectorTerm | null): boolean {
  return (term?.matchExpressions ?? []).some(({ key, operator, values }) => {
    if (operator === 'NotIn') return isLabelOf(osLabels, key) && values?.includes('linux') === true
    if (operator === 'Exists') return key === windowsBuildLabel
    return operator === 'In' && isWindowsLabel(key, values ?? [])
  })
}

/** Whether a label with one of these values is only on nodes with Windows. */
function isWindowsLabel(key: string, values: readonly string[]): boolean {
  if (key === windowsBuildLabel) return true
  if (values.length === 0) return false
  if (isLabelOf(osLabels, key)) return values.every(each => each === 'windows')
  return key === gkeDistributionLabel && values.every(each => each.startsWith('windows'))
}

function isLabelOf(labels: readonly string[], key: string): boolean {
  return labels.includes(key)
}

function hasWindowsOptions(part: V1Container | V1PodSpec | undefined): boolean {
  return Object.keys(part?.securityContext?.windowsOptions ?? {}).length > 0
}

/** The architectures of the nodes that a pod asks for, as nodes name them; undefined where it takes any. */
export function architecturesOf(pod: V1Pod): readonly string[] | undefined {
  return allowed(pod, architectureLabels)
}

/** True for a pod that takes no node of these architectures, whatever others it takes. */
export function rulesOutArchitectures({ spec }: V1Pod, architectures: ReadonlySet<string>): boolean {
  const affinity = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const terms = affinity?.nodeSelectorTerms ?? []
  return terms.length > 0 && terms.every(term => excludesAll(term, architectures))
}

/** All expressions of a term hold at once. */
function excludesAll(term: V1NodeSelectorTerm | null, architectures: ReadonlySet<string>): boolean {
  const expressions = term?.matchExpressions ?? []
  const excluded = expressions
    .filter(({ key, operator }) => operator === 'NotIn' && isLabelOf(architectureLabels, key))
    .flatMap(({ values }) => values ?? [])
  const absent = new Set(excluded)
  return [...architectures].every(each => absent.has(each))
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
