/** `longhaul preview --live` says of workloads what their pods turn out to be. */

import type { V1Pod } from '@kubernetes/client-node'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { runHere } from '../cli/longhaul.ts'
import { inject } from '../cluster/pods.ts'
import { until } from '../cluster/until.ts'
import { namespaceOn, podOf, serverOf } from './pods.ts'
import { useCluster } from './suite.ts'

const annotations = { 'longhaul.dev/profile': 'websocket', 'longhaul.dev/post-start-sleep': '1s' }
const patient = 120_000

describe('preview --live', () => {
  const cluster = useCluster()

  test('says of each kind of workload what comes, and what has come', async () => {
    const namespace = await namespaceOn(cluster, 'previewed', inject)
    const preview = async (...args: readonly string[]) => {
      const options = ['--live', `--kubeconfig=${cluster.kubeconfig}`, '-n', namespace.name, '-o', 'json']
      const { stdout } = await runHere(['preview', ...options, ...args], { stdin })
      return JSON.parse(stdout) as Previewed[]
    }
    const objects = [...serverOf('chat', 'sessions', { replicas: 2, annotations }), ...others]
    const stdin = objects.map(each => stringify(each)).join('---\n')
    const planned = await preview('-f', '-')
    await namespace.apply(...objects)
    const workloads = ['deployment/chat', 'statefulset/ordered', 'daemonset/everywhere', 'job/once']
    await Promise.all(workloads.slice(0, 3).map(each => namespace.kubectl('rollout', 'status', each)))
    await until('the Job has its pod', async () => (await namespace.pods('app=once')).length === 1, patient)
    const found = await preview(...workloads)

    for (const entries of [planned, found]) {
      expect(entries.map(({ name }) => name)).toEqual(['chat', 'ordered', 'everywhere', 'once'])
      for (const { name, live, pod } of entries) {
        expect(live).toMatchObject({ longhaul: true, admitted: true, differences: [], warnings: [] })
        const pods = await namespace.pods(`app=${name}`)
        expect(pods.length).toBeGreaterThan(0)
        for (const each of pods) expect(settingsOf(each)).toEqual(settingsOf(pod))
      }
    }
  })
})

interface Previewed {
  name: string
  live: object
  pod: V1Pod
}

const others = (['StatefulSet', 'DaemonSet', 'Job'] as const).map(kind => {
  const name = { StatefulSet: 'ordered', DaemonSet: 'everywhere', Job: 'once' }[kind]
  const { spec } = podOf(name, ['sleep', 'infinity'])
  const template = { metadata: { labels: { app: name }, annotations }, spec }
  const selector = { matchLabels: { app: name } }
  return kind === 'Job'
    ? {
        apiVersion: 'batch/v1',
        kind,
        metadata: { name },
        spec: { template: { ...template, spec: { ...spec, restartPolicy: 'Never' } } },
      }
    : { apiVersion: 'apps/v1', kind, metadata: { name }, spec: { selector, template } }
})

/** What Longhaul sets in a pod. */
function settingsOf({ metadata, spec }: V1Pod): object {
  const [container] = spec?.containers ?? []
  return {
    status: metadata?.annotations?.['longhaul.dev/status'],
    grace: spec?.terminationGracePeriodSeconds,
    sysctls: spec?.securityContext?.sysctls,
    env: container?.env,
    lifecycle: container?.lifecycle,
    init: spec?.initContainers?.map(({ name, image }) => ({ name, image })),
  }
}
