/** A workload of every kind at once, and the pods that the cluster's own controllers make of them. */

import { CoreV1Api, type V1Pod } from '@kubernetes/client-node'
import { stringify } from 'yaml'
import type { Result } from '../cli/longhaul.ts'
import type { ControlPlane } from './control-plane.ts'
import { kubectl } from './kubectl.ts'
import { until } from './until.ts'
import { workload, workloadKinds } from './workload.ts'

/**
 * The kinds of the pods' owners: a Deployment's and a ReplicaSet's, a CronJob's and a Job's, and none of the pod
 * that stands alone. There is a DaemonSet's where there is a Node.
 */
const owners = ['DaemonSet', 'Job', 'Job', 'ReplicaSet', 'ReplicaSet', 'StatefulSet', undefined]

/** Makes them, with annotations on their pods. Gives all pods once they are there; rejects where kubectl warns of anything else. */
export async function runAllWorkloads(
  controlPlane: ControlPlane,
  namespace: string,
  annotations: Record<string, string> = {},
  expected = /^$/,
): Promise<V1Pod[]> {
  const alone = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'alone', namespace, annotations },
    spec: { containers: [{ name: 'app', image: 'example.com/app' }] },
  }
  const parts = { template: { annotations }, own: { namespace } }
  const results = [
    await apply(controlPlane, [alone, ...workloadKinds.map(kind => workload(kind, parts))]),
    // What the CronJob does at its time.
    await kubectl(controlPlane.admin, ['create', 'job', 'now', '--from=cronjob/one', `-n=${namespace}`]),
  ]
  const complaints = results.flatMap(({ stderr }) => stderr.split('\n')).filter(line => line !== '')
  const others = complaints.filter(line => !expected.test(line))
  if (others.length > 0) throw new Error(others.join('\n'))
  const isThere = async () => {
    const pods = await podsIn(controlPlane, namespace)
    return String(pods.map(({ metadata }) => metadata?.ownerReferences?.[0]?.kind).sort()) === String(owners)
  }
  await until('there is a pod of every workload', isThere)
  return podsIn(controlPlane, namespace)
}

/** By kubectl, as people do. */
export function apply(
  { admin }: ControlPlane,
  objects: readonly object[],
  ...flags: readonly string[]
): Promise<Result> {
  const manifests = objects.map(each => stringify(each)).join('---\n')
  return kubectl(admin, ['apply', '--filename=-', ...flags], manifests)
}

export async function podsIn({ admin }: ControlPlane, namespace: string): Promise<V1Pod[]> {
  return (await admin.config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace })).items
}
