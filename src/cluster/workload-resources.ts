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

/** As they are written: `deployment`. */
export const workloadKinds: readonly string[] = resources.map(({ kind }) => kind.toLowerCase())

export interface WorkloadName {
  kind: string
  name: string
  /** Path of the object at the API server. */
  pathIn(namespace: string): string
}

/**
 * Reads names such as `deployment/chat`, `deploy/chat`, `deployments.apps/chat`. Throws an InputError for anything
 * else, with what could stand there besides; where it is `deploy chat`, which kubectl takes, with the spelling to use
 * here.
 */
export function readWorkloadNames(written: readonly string[], besides = ''): WorkloadName[] {
  const [kind = '', ...names] = written
  if (names.length > 0 && resourceOf(kind) !== undefined && !names.some(each => each.includes('/'))) {
    const joined = names.map(each => `${kind}/${each}`).join(' ')
    throw new InputError(`"${written.join(' ')}" is not how workloads are named here; write ${joined}`)
  }
  return written.map(each => readWorkloadName(each, besides))
}

function readWorkloadName(written: string, besides: string): WorkloadName {
  const [, spelling = '', name = ''] = /^([^/]+)\/([^/]+)$/.exec(written) ?? []
  if (name === '') {
    throw new InputError(`"${written}" is no workload of the cluster; write deployment/NAME${besides}`)
  }
  const found = resourceOf(spelling)
  if (found === undefined) {
    throw new InputError(
      `"${written}": ${spelling} is no kind of workload; write one of ${workloadKinds.join(', ')}`,
    )
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

function resourceOf(spelling: string): Resource | undefined {
  return resources.find(each => isSpelled(each, spelling.toLowerCase()))
}

/** With the group, or version and group, where they are written: `deployments.v1.apps`. */
function isSpelled({ group, kind, plural, short }: Resource, spelling: string): boolean {
  const [word = '', ...rest] = spelling.split('.')
  if (![kind.toLowerCase(), plural, short].includes(word)) return false
  return [[], [group], ['v1', group]].some(each => each.filter(Boolean).join('.') === rest.join('.'))
}
