/** Workloads for a cluster. */

import { stringify } from 'yaml'

const labels = { app: 'web' }
const selector = { matchLabels: labels }

/** One of every kind, all called `web`, as YAML; their pods have the given annotations. */
export function everyKind(annotations: Record<string, string>): string {
  const metadata = { name: 'web' }
  const containers = [{ name: 'app', image: 'example.com/app', ports: [{ containerPort: 8080 }] }]
  const pod = { metadata: { labels, annotations }, spec: { containers } }
  const job = { template: { metadata: { annotations }, spec: { containers, restartPolicy: 'Never' } } }
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }
  const mounting = containers.map(each => ({ ...each, volumeMounts: [{ name: 'data', mountPath: '/data' }] }))
  const objects = [
    { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, annotations }, spec: pod.spec },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { selector, template: pod } },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata,
      spec: {
        selector,
        serviceName: 'web',
        volumeClaimTemplates: [claim],
        template: { ...pod, spec: { containers: mounting } },
      },
    },
    { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec: { selector, template: pod } },
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata, spec: { selector, template: pod } },
    { apiVersion: 'v1', kind: 'ReplicationController', metadata, spec: { selector: labels, template: pod } },
    { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: job },
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata,
      spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: job } },
    },
  ]
  return objects.map(each => stringify(each)).join('---\n')
}
