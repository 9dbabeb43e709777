import { describe, expect, it } from 'vitest'
import { misplacedSettings } from '../../src/manifests/misplaced.ts'
import { podOf, templatePath, withPod } from '../../src/manifests/workloads.ts'
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
    expect(misplacedSettings(annotated).map(problemText)).toEqual([
      `longhaul.dev/keepalive: "off" on the ${object.kind} does not reach its pods; move it to the template's ` +
        `annotations. They are at ${templatePath(object).join('.')}.metadata.annotations.`,
    ])
  })

  it('does not give labels of its own to its pods either, of which only settings are named', () => {
    const labels = { 'longhaul.dev/inject': 'true', 'longhaul.dev/team': 'a', app: 'x' }
    const labelled = { ...object, metadata: { name: 'web', labels } }
    expect(misplacedSettings(labelled).map(problemText)).toEqual([
      `longhaul.dev/inject: "true" on a label of the ${object.kind} does not reach its pods; annotate the ` +
        `template. They are at ${templatePath(object).join('.')}.metadata.annotations.`,
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
  expect(misplacedSettings(pod)).toEqual([])
})

it('gives a pod without spec for a workload without template', () => {
  expect(podOf(workload('batch/v1', 'Job', {}), 'd').spec).toBeUndefined()
  expect(podOf({ apiVersion: 'apps/v1', kind: 'Deployment' }, 'd').metadata?.generateName).toBe('-')
})

describe('settings of a CronJob', () => {
  const around = (metadata: object) => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'web' },
    spec: { jobTemplate: { metadata, spec: { template } } },
  })

  it('do not reach its pods from the template of its Jobs', () => {
    const metadata = {
      annotations: { 'longhaul.dev/profile': 'client', 'longhaul.dev/status': '{}' },
      labels: { 'longhaul.dev/inject': 'true' },
    }
    expect(misplacedSettings(around(metadata)).map(problemText)).toEqual([
      'longhaul.dev/profile: "client" on the jobTemplate does not reach its pods; move it to the template\'s ' +
        'annotations. They are at spec.jobTemplate.spec.template.metadata.annotations.',
      'longhaul.dev/inject: "true" on a label of the jobTemplate does not reach its pods; annotate the ' +
        'template. They are at spec.jobTemplate.spec.template.metadata.annotations.',
    ])
  })

  it('are counted where there are too many to be told', () => {
    const annotations = Object.fromEntries(
      Array.from({ length: 3000 }, (_, index) => [`longhaul.dev/x${index}`, 'x']),
    )
    const problems = misplacedSettings(around({ annotations }))
    expect(problems).toHaveLength(21)
    expect(problems.at(-1)?.rule).toBe('has 2980 more problems')
  })
})
