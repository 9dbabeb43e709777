/** The resources of workloads at the API server, by the names that people write to kubectl. */

import { InputError } from '../manifests/input-error.ts'

interface Resource {
  /** '' for the core group. */
  group: string
  kind: string
  /** As in paths of the API. */
  plural: string
  short: string
}

const resources: readonly Resource[] = [
  { group: '', kind: 'Pod', plural: 'pods', short: 'po' },
  { group: 'apps', kind: 'Deployment', plural: 'deployments', short: 'deploy' },
  { group: 'apps', kind: 'StatefulSet', plural: 'statefulsets', short: 'sts' },
  { group: 'apps', kind: 'DaemonSet', plural: 'daemonsets', short: 'ds' },
  { group: 'apps', kind: 'ReplicaSet', plural: 'replicasets', short: 'rs' },
  { group: '', kind: 'ReplicationController', plural: 'replicationcontrollers', short: 'rc' },
  { group: 'batch', kind: 'Job', plural: 'jobs', short: 'job' },
  { group: 'batch', kind: 'CronJob', plural: 'cronjobs', short: 'cj' },
]

export interface WorkloadName {
  kind: string
  name: string
  /** Path of the object at the API server. */
  pathIn(namespace: string): string
}

/** Reads `deployment/chat`, `deploy/chat`, `deployments.apps/chat`. Throws an InputError for anything else. */
export function readWorkloadName(written: string): WorkloadName {
  const [, spelling = '', name = ''] = /^([^/]+)\/([^/]+)$/.exec(written) ?? []
  if (name === '') {
    throw new InputError(
      `"${written}" is no workload of the cluster; write deployment/NAME, or -f FILE for a file`,
    )
  }
  const found = resources.find(each => isSpelled(each, spelling.toLowerCase()))
  if (found === undefined) {
    const known = resources.map(({ kind }) => kind.toLowerCase()).join(', ')
    throw new InputError(`"${written}": ${spelling} is no kind of workload; write one of ${known}`)
  }
  const { group, kind, plural } = found
  const root = group === '' ? '/api/v1' : `/apis/${group}/v1`
  return {
    kind,
    name,
    pathIn: namespace =>
      `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}/${encodeURIComponent(name)}`,
  }
}

/** With the group, or version and group, where they are written: `deployments.v1.apps`. */
function isSpelled({ group, kind, plural, short }: Resource, spelling: string): boolean {
  const [word = '', ...rest] = spelling.split('.')
  if (![kind.toLowerCase(), plural, short].includes(word)) return false
  return [[], [group], ['v1', group]].some(each => each.filter(Boolean).join('.') === rest.join('.'))
}
