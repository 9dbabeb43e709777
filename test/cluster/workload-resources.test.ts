import { describe, expect, it } from 'vitest'
import { readWorkloadNames } from '../../src/cluster/workload-resources.ts'
import { isWorkload } from '../../src/manifests/workloads.ts'

describe('a workload by name', () => {
  it.each([
    ['/api/v1/namespaces/prod/pods/a', 'Pod', ['pod/a', 'pods/a', 'po/a', 'POD/a', 'pods.v1/a']],
    [
      '/api/v1/namespaces/prod/replicationcontrollers/a',
      'ReplicationController',
      ['rc/a', 'replicationcontroller/a'],
    ],
    [
      '/apis/apps/v1/namespaces/prod/deployments/a',
      'Deployment',
      [
        'deployment/a',
        'deployments/a',
        'deploy/a',
        'Deployment/a',
        'deployment.apps/a',
        'deployments.v1.apps/a',
      ],
    ],
    ['/apis/apps/v1/namespaces/prod/statefulsets/a', 'StatefulSet', ['sts/a', 'statefulsets.apps/a']],
    ['/apis/apps/v1/namespaces/prod/daemonsets/a', 'DaemonSet', ['ds/a', 'daemonset/a']],
    ['/apis/apps/v1/namespaces/prod/replicasets/a', 'ReplicaSet', ['rs/a', 'replicasets/a']],
    ['/apis/batch/v1/namespaces/prod/jobs/a', 'Job', ['job/a', 'jobs/a', 'job.batch/a']],
    ['/apis/batch/v1/namespaces/prod/cronjobs/a', 'CronJob', ['cj/a', 'cronjob/a', 'cronjobs.batch/a']],
  ])('is at %s', (path, kind, spellings) => {
    const names = readWorkloadNames(spellings)
    expect(names).toHaveLength(spellings.length)
    for (const { pathIn, ...workload } of names) {
      expect(pathIn('prod')).toBe(path)
      expect(workload).toMatchObject({ kind, name: 'a' })
    }
    const [, root = ''] = /^\/apis?\/(.*)\/namespaces/.exec(path) ?? []
    expect(isWorkload({ apiVersion: root, kind })).toBe(true)
  })

  it.each([
    ['deployment', 'write deployment/NAME, or -f FILE'],
    ['deployment/', 'write deployment/NAME'],
    ['manifests/chat/a.yaml', '-f FILE for a file'],
    ['service/chat', 'service is no kind of workload; write one of pod, deployment, '],
    ['deployment.batch/chat', 'deployment.batch is no kind of workload'],
  ])('is refused: %s', (written, message) => {
    expect(() => readWorkloadNames([written], ', or -f FILE for a file')).toThrow(message)
  })

  it.each([
    [['deploy', 'chat'], '"deploy chat" is not how workloads are named here; write deploy/chat'],
    [['deployments.apps', 'a', 'b'], 'write deployments.apps/a deployments.apps/b'],
    [['chat', 'deploy'], '"chat" is no workload of the cluster; write deployment/NAME'],
    [['deploy', 'deploy/chat'], '"deploy" is no workload of the cluster; write deployment/NAME'],
  ])('is refused in several words: %j', (written, message) => {
    expect(() => readWorkloadNames(written)).toThrow(message)
  })
})
