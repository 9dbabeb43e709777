/** The nodes that a pod can run on, as far as its node selector and its required node affinity say. */

import type { V1Container, V1NodeSelectorRequirement, V1Pod, V1PodSpec } from '@kubernetes/client-node'

/** Labels of nodes, each with the name that it had before Kubernetes 1.14. */
const osLabels: ReadonlySet<string> = new Set(['kubernetes.io/os', 'beta.kubernetes.io/os'])
const architectureLabels: ReadonlySet<string> = new Set(['kubernetes.io/arch', 'beta.kubernetes.io/arch'])

/** On every node with Windows, and on no other (a well-known label of Kubernetes). */
const windowsBuildLabel = 'node.kubernetes.io/windows-build'
/** Met only by a node that has the label. */
const presenceOperators: ReadonlySet<string> = new Set(['In', 'Exists', 'Gt', 'Lt'])
/**
 * GKE's, of Windows `windows_ltsc` or `windows_sac`; AKS's, of Windows `Windows2022` and the like; OpenShift's, of Windows
 * `Windows`.
 */
const distributionLabels: ReadonlySet<string> = new Set([
  'cloud.google.com/gke-os-distribution',
  'kubernetes.azure.com/os-sku',
  'node.openshift.io/os_id',
])

/** Of all labels that a pod may select, the few that tell something here: they count for each term. */
const knownLabels: readonly string[] = [
  ...osLabels,
  ...architectureLabels,
  ...distributionLabels,
  windowsBuildLabel,
]

type System = 'linux' | 'windows'

/** What a node has to meet, all of it. */
type Requirements = readonly V1NodeSelectorRequirement[]

/** True for pods that only nodes with Windows take. */
export function isWindowsPod(pod: V1Pod): boolean {
  const { spec } = pod
  if (spec?.os != null) return spec.os.name === 'windows'
  const ways = waysOf(pod)
  const takes = (system: System) => ways.some(way => !way.some(each => excludes(each, system)))
  if (!takes('linux')) return takes('windows')
  if (!takes('windows') || ways.some(way => way.some(namesLinux))) return false
  return hasWindowsOptions(spec) || spec?.containers?.some(hasWindowsOptions) === true
}

/** True where no node of a system meets a requirement. Every node tells its system, so that its label is there. */
function excludes({ key, operator, values }: V1NodeSelectorRequirement, system: System): boolean {
  const isIn = operator === 'In'
  if (osLabels.has(key)) {
    const isListed = values?.includes(system) === true
    return isIn ? !isListed : operator === 'NotIn' && isListed
  }
  if (key === windowsBuildLabel) {
    return system === 'linux' ? presenceOperators.has(operator) : operator === 'DoesNotExist'
  }
  return isIn && distributionLabels.has(key) && values?.some(each => systemOf(each) === system) === false
}

function systemOf(distribution: string): System {
  return /^windows/i.test(distribution) ? 'windows' : 'linux'
}

function namesLinux({ key, operator, values }: V1NodeSelectorRequirement): boolean {
  return operator === 'In' && osLabels.has(key) && values?.includes('linux') === true
}

function hasWindowsOptions(part: V1Container | V1PodSpec | undefined): boolean {
  return Object.keys(part?.securityContext?.windowsOptions ?? {}).length > 0
}

/** The values of a label that one way leaves. */
interface Allowance {
  /** The only ones; absent where any may be. */
  only?: ReadonlySet<string>
  not: ReadonlySet<string>
}

/** True for a pod that some node of these architectures takes. */
export function takesArchitecture(pod: V1Pod, architectures: ReadonlySet<string>): boolean {
  const ways = waysOf(pod).map(allowanceOf)
  return ways.some(({ only, not }) =>
    [...architectures].some(each => only?.has(each) !== false && !not.has(each)),
  )
}

/** The architectures that a pod names itself and may run on, as nodes name them, each once. */
export function namedArchitectures(pod: V1Pod): readonly string[] {
  const ways = waysOf(pod).map(allowanceOf)
  return [...new Set(ways.flatMap(({ only, not }) => [...(only ?? [])].filter(each => !not.has(each))))]
}

/** Costs as much as there are values: what is left gets smaller with each list. */
function allowanceOf(way: Requirements): Allowance {
  const about = way.filter(({ key }) => architectureLabels.has(key))
  const not = new Set(about.flatMap(({ operator, values }) => (operator === 'NotIn' ? (values ?? []) : [])))
  let only: Set<string> | undefined
  for (const { operator, values } of about) {
    if (operator !== 'In') continue
    const left = only
    only = new Set((values ?? []).filter(each => left?.has(each) !== false))
  }
  return only === undefined ? { not } : { only, not }
}

/**
 * The ways in which a node can be one that takes the pod: it meets the node selector, and one of the terms of the
 * affinity. A term without requirements is met by none; where all are without, the affinity tells nothing.
 */
function waysOf({ spec }: V1Pod): Requirements[] {
  const selector = spec?.nodeSelector ?? {}
  const affinity = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const terms = affinity?.nodeSelectorTerms ?? []
  const relevant = knownLabels
    .filter(key => selector[key] !== undefined)
    .map((key): V1NodeSelectorRequirement => ({ key, operator: 'In', values: [selector[key] as string] }))
  const ways = terms
    .filter(term => [term?.matchExpressions, term?.matchFields].some(each => (each ?? []).length > 0))
    .map(({ matchExpressions }) => [...relevant, ...(matchExpressions ?? [])])
  return ways.length > 0 ? ways : [relevant]
}
