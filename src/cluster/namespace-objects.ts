/** The objects of a namespace that `longhaul check` looks at. Nothing is changed, and no pod and no Secret is read. */

import type { KubernetesObject } from '../manifests/workloads.ts'
import { type Api, refusalOf } from './client/api.ts'
import { listItems } from './lists.ts'

interface Resource {
  apiVersion: string
  kind: string
  /** As in paths of the API. */
  plural: string
  /** True for what belongs to no namespace, and need not be installed. */
  isOfCluster?: boolean
}

const resources: readonly Resource[] = [
  { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet', plural: 'statefulsets' },
  { apiVersion: 'apps/v1', kind: 'DaemonSet', plural: 'daemonsets' },
  { apiVersion: 'batch/v1', kind: 'CronJob', plural: 'cronjobs' },
  { apiVersion: 'v1', kind: 'Service', plural: 'services' },
  { apiVersion: 'v1', kind: 'ResourceQuota', plural: 'resourcequotas' },
  { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', plural: 'poddisruptionbudgets' },
  { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', plural: 'horizontalpodautoscalers' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', plural: 'ingresses' },
  { apiVersion: 'karpenter.sh/v1', kind: 'NodePool', plural: 'nodepools', isOfCluster: true },
]

interface NamespaceObjects {
  objects: readonly KubernetesObject[]
  /** What may not be read, a sentence each. */
  notes: readonly string[]
}

/** What people or others made: what a controller made for another object follows from that. */
export async function readNamespaceObjects(api: Api, namespace: string): Promise<NamespaceObjects> {
  const objects: KubernetesObject[] = []
  const notes: string[] = []
  for (const resource of resources) {
    const items = await listItems<KubernetesObject>(api, pathOf(resource, namespace))
    if (!('refused' in items)) objects.push(...items.filter(isOwn).map(item => asWritten(item, resource)))
    else if (items.refused.status !== 404) {
      notes.push(`the ${resource.plural} can't be read, and are not checked: ${refusalOf(items.refused)}`)
    }
  }
  return { objects, notes }
}

function pathOf({ apiVersion, plural, isOfCluster }: Resource, namespace: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  return isOfCluster === true
    ? `${root}/${plural}`
    : `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`
}

function isOwn({ metadata }: KubernetesObject): boolean {
  return metadata?.ownerReferences?.some(({ controller }) => controller === true) !== true
}

/** Without what the API server keeps for itself, and with the kind that it leaves out in lists. */
function asWritten(
  { metadata, status: _, ...fields }: KubernetesObject,
  { apiVersion, kind }: Resource,
): KubernetesObject {
  const { managedFields: __, ...kept } = metadata ?? {}
  const { 'kubectl.kubernetes.io/last-applied-configuration': ___, ...annotations } = kept.annotations ?? {}
  const written = Object.keys(annotations).length === 0 ? {} : { annotations }
  const { annotations: ____, ...others } = kept
  return { ...fields, apiVersion, kind, metadata: { ...others, ...written } }
}
