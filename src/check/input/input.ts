/** All objects of the input together, as rules look at them. */

import type {
  V1ConfigMap,
  V1Ingress,
  V1Pod,
  V1PodDisruptionBudget,
  V1PodSpec,
  V1ResourceQuota,
  V1Service,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node'
import { isWorkload, type KubernetesObject, templatePath } from '../../manifests/workloads.ts'
import type { Decision } from '../../mutation/decide.ts'
import { type Located, locate, nameOf } from '../../preview/located.ts'
import type { Plan, PlannedWorkload } from '../../preview/plan.ts'
import { type Select, selection } from './selection.ts'
import { groupOf, isMalformed } from './shape.ts'

/** An object of the input; of some kinds the fields are known. */
export interface CheckedObject<Fields = unknown> extends Located<KubernetesObject & WithoutOutline<Fields>> {
  namespace: string
  name: string
}

type WithoutOutline<Fields> = Omit<Fields, 'apiVersion' | 'kind' | 'metadata'>

/** Pods of a kind: a workload with its template, and what goes with them. */
export interface CheckedPods extends CheckedObject {
  /** As Longhaul makes it, where the manifest asks for Longhaul. */
  pod: V1Pod
  decision: Decision
  spec: V1PodSpec
  labels: Readonly<Record<string, string>>
  /** From the workload to the pods' spec. */
  specPath: readonly string[]
  /** How many at once: `spec.replicas`, else 1; undefined where a DaemonSet's nodes decide. */
  replicas: number | undefined
  services: readonly CheckedService[]
  budgets: readonly CheckedObject<V1PodDisruptionBudget>[]
  autoscalers: readonly CheckedObject<V2HorizontalPodAutoscaler>[]
}

export interface CheckedService extends CheckedObject<V1Service> {
  pods: readonly CheckedPods[]
}

/** Of Karpenter, as far as rules look at it: https://karpenter.sh/docs/concepts/nodepools/ */
export interface NodePool {
  metadata?: { name?: string }
  spec?: { template?: { spec?: { terminationGracePeriod?: string; taints?: unknown[] } } }
}

export interface CheckedInput {
  pods: readonly CheckedPods[]
  services: readonly CheckedService[]
  budgets: readonly CheckedObject<V1PodDisruptionBudget>[]
  autoscalers: readonly CheckedObject<V2HorizontalPodAutoscaler>[]
  nodePools: readonly CheckedObject<NodePool>[]
  quotas: readonly CheckedObject<V1ResourceQuota>[]
  ingresses: readonly CheckedObject<V1Ingress>[]
  configMaps: readonly CheckedObject<V1ConfigMap>[]
}

/** Lists that are filled after what they connect is there. */
interface Links {
  services: CheckedService[]
  budgets: CheckedObject<V1PodDisruptionBudget>[]
  autoscalers: CheckedObject<V2HorizontalPodAutoscaler>[]
}

type LinkedPods = CheckedPods & Links

/** The objects of a plan, connected as the cluster would connect them. A namespace is for objects that name none. */
export function checkedInput({ documents, workloads }: Plan, namespace: string): CheckedInput {
  const objects = Map.groupBy(
    locate(documents)
      .filter(({ object }) => !isWorkload(object) && !isMalformed(object))
      .map(each => checkedObject(each, namespace)),
    ({ object }) => `${groupOf(object)}/${object.kind}`,
  )
  const ofKind = <Fields>(group: string, kind: string) =>
    (objects.get(`${group}/${kind}`) ?? []) as CheckedObject<Fields>[]
  const pods = workloads.filter(({ object }) => !isMalformed(object)).map(checkedPods)
  const budgets = ofKind<V1PodDisruptionBudget>('policy', 'PodDisruptionBudget')
  const autoscalers = ofKind<V2HorizontalPodAutoscaler>('autoscaling', 'HorizontalPodAutoscaler')
  const select = selection(pods)
  linkBudgets(budgets, select)
  linkAutoscalers(autoscalers, pods)
  return {
    pods,
    services: ofKind<V1Service>('', 'Service').map(service => linkedService(service, select)),
    budgets,
    autoscalers,
    nodePools: ofKind<NodePool>('karpenter.sh', 'NodePool'),
    quotas: ofKind<V1ResourceQuota>('', 'ResourceQuota'),
    ingresses: ofKind<V1Ingress>('networking.k8s.io', 'Ingress'),
    configMaps: ofKind<V1ConfigMap>('', 'ConfigMap'),
  }
}

function checkedObject(located: Located, defaultNamespace: string): CheckedObject {
  const { object } = located
  const namespace = String(object.metadata?.namespace ?? defaultNamespace)
  return { ...located, namespace, name: nameOf(object) }
}

function checkedPods({
  document,
  path,
  object,
  namespace,
  name,
  pod,
  decision,
}: PlannedWorkload): LinkedPods {
  const { mutation } = decision
  const changed = mutation.outcome === 'mutated' ? mutation.pod : pod
  return {
    document,
    path,
    object,
    namespace,
    name,
    pod: changed,
    decision,
    spec: { ...changed.spec, containers: changed.spec?.containers ?? [] },
    labels: changed.metadata?.labels ?? {},
    specPath: [...templatePath(object), 'spec'],
    replicas: replicasOf(object),
    services: [],
    budgets: [],
    autoscalers: [],
  }
}

function replicasOf({ kind, spec }: KubernetesObject): number | undefined {
  if (kind === 'DaemonSet') return undefined
  const { replicas } = { ...(spec as object | null | undefined) } as { replicas?: unknown }
  return typeof replicas === 'number' ? replicas : 1
}

/** A Service without a selector chooses nothing. */
function linkedService(service: CheckedObject<V1Service>, select: Select<LinkedPods>): CheckedService {
  const matchLabels = service.object.spec?.selector ?? {}
  const pods = Object.keys(matchLabels).length === 0 ? [] : select(service.namespace, { matchLabels })
  const linked = { ...service, pods }
  for (const each of pods) each.services.push(linked)
  return linked
}

/** A budget with an empty selector chooses all pods of its namespace. */
function linkBudgets(budgets: readonly CheckedObject<V1PodDisruptionBudget>[], select: Select<LinkedPods>) {
  for (const budget of budgets) {
    const selector = budget.object.spec?.selector
    if (selector == null) continue
    for (const pods of select(budget.namespace, selector)) pods.budgets.push(budget)
  }
}

function linkAutoscalers(
  autoscalers: readonly CheckedObject<V2HorizontalPodAutoscaler>[],
  pods: readonly LinkedPods[],
) {
  const key = (namespace: string, kind: string, name: string) => JSON.stringify([namespace, kind, name])
  const byName = new Map(pods.map(each => [key(each.namespace, each.object.kind, each.name), each]))
  for (const autoscaler of autoscalers) {
    const { kind, name } = autoscaler.object.spec?.scaleTargetRef ?? { kind: '', name: '' }
    byName.get(key(autoscaler.namespace, kind, name))?.autoscalers.push(autoscaler)
  }
}
