/** Small workloads of every kind that the webhook checks. */

import type { V1ObjectMeta } from '@kubernetes/client-node'

const labels = { app: 'one' }
const spec = { containers: [{ name: 'app', image: 'example.com/app' }] }

export interface Parts {
  /** Of the template. */
  template?: V1ObjectMeta
  /** Of the template of a CronJob's Jobs. */
  jobs?: V1ObjectMeta
  /** Of the workload itself. */
  own?: V1ObjectMeta
}

/** What stands in `spec`, for the metadata of a template. */
const specs = {
  Deployment: replicated,
  StatefulSet: (metadata?: V1ObjectMeta) => ({ serviceName: 'one', ...replicated(metadata) }),
  DaemonSet: replicated,
  ReplicaSet: replicated,
  Job: job,
  CronJob: (metadata?: V1ObjectMeta, jobs?: V1ObjectMeta) => ({
    schedule: '0 0 1 1 *',
    jobTemplate: { ...(jobs && { metadata: jobs }), spec: job(metadata) },
  }),
}

export type WorkloadKind = keyof typeof specs

export const workloadKinds = Object.keys(specs) as readonly WorkloadKind[]

/** A workload called `one` in the namespace `plain`. */
export function workload(kind: WorkloadKind, { template, jobs, own }: Parts): object {
  return {
    apiVersion: kind === 'Job' || kind === 'CronJob' ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: { name: 'one', namespace: 'plain', ...own },
    spec: specs[kind](template, jobs),
  }
}

function replicated(metadata?: V1ObjectMeta): object {
  const template = { metadata: { ...metadata, labels: { ...labels, ...metadata?.labels } }, spec }
  return { selector: { matchLabels: labels }, template }
}

/** Without metadata there is none in its template. */
function job(metadata?: V1ObjectMeta): object {
  return { template: { ...(metadata && { metadata }), spec: { ...spec, restartPolicy: 'Never' } } }
}
