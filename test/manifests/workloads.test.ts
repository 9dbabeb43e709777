import { describe, expect, it } from 'vitest'
import { misplacedAnnotations, podOf, templatePath, withPod } from '../../src/manifests/workloads.ts'
import { problemText } from '../../src/policy/problems.ts'

const template = {
  metadata: { labels: { app: 'a' }, annotations: { x: 'y' } },
  spec: { containers: [{ name: 'a' }] },
}

function workload(apiVersion: string, kind: string, spec: object) {
  return { apiVersion, kind, metadata: { name: 'web' }, spec }
}

const cases = [
  [workload('apps/v1', 'Deployment', { template }), 'ReplicaSet'],
  [workload('extensions/v1beta1', 'Deployment', { template }), 'ReplicaSet'],
  [workload('apps/v1', 'StatefulSet', { template }), 'StatefulSet'],
  [workload('apps/v1', 'DaemonSet', { template }), 'DaemonSet'],
  [workload('apps/v1', 'ReplicaSet', { template }), 'ReplicaSet'],
  [workload('v1', 'ReplicationController', { template }), 'ReplicationController'],
  [workload('batch/v1', 'Job', { template }), 'Job'],
  [workload('batch/v1', 'CronJob', { jobTemplate: { spec: { template } } }), 'Job'],
] as const

describe.each(cases)('$kind of $apiVersion', (object, owner) => {
  it('makes pods of its template, owned by the controller that creates them', () => {
    expect(podOf(object, 'prod')).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...template.metadata,
        namespace: 'prod',
        generateName: 'web-',
        ownerReferences: [expect.objectContaining({ kind: owner, name: 'web', controller: true })],
      },
      spec: template.spec,
    })
  })

  it('takes annotations and spec of a pod back, and nothing else', () => {
    const pod = podOf(object, 'prod')
    const changed = withPod(object, {
      ...pod,
      metadata: { ...pod.metadata, annotations: { z: '1' } },
      spec: { containers: [] },
    })
    const text = JSON.stringify(object).replace('{"x":"y"}', '{"z":"1"}').replace('[{"name":"a"}]', '[]')
    expect(changed).toEqual(JSON.parse(text))
    expect(withPod(object, pod)).toEqual(object)
  })

  it('does not give settings on its own metadata to its pods', () => {
    const annotated = {
      ...object,
      metadata: { name: 'web', annotations: { 'longhaul.dev/keepalive': 'off', other: 'x' } },
    }
    expect(misplacedAnnotations(annotated).map(problemText)).toEqual([
      `longhaul.dev/keepalive: "off" on the ${object.kind} does not reach its pods; move it to the template's ` +
        `annotations. They are at ${templatePath(object).join('.')}.metadata.annotations.`,
    ])
  })
})

it('takes a pod as it is, but for its namespace', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', annotations: { 'longhaul.dev/keepalive': 'off' } },
    spec: { containers: [{ name: 'a' }] },
  }
  expect(podOf(pod, 'prod')).toEqual({ ...pod, metadata: { ...pod.metadata, namespace: 'prod' } })
  expect(misplacedAnnotations(pod)).toEqual([])
})

it('gives a pod without spec for a workload without template', () => {
  expect(podOf(workload('batch/v1', 'Job', {}), 'd').spec).toBeUndefined()
  expect(podOf({ apiVersion: 'apps/v1', kind: 'Deployment' }, 'd').metadata?.generateName).toBe('-')
})
