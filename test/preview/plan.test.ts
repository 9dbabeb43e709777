import { describe, expect, it } from 'vitest'
import { readDocuments } from '../../src/manifests/documents.ts'
import { outcomeOf } from '../../src/mutation/decide.ts'
import { defaultConfig } from '../../src/policy/config.ts'
import { planDocuments } from '../../src/preview/plan.ts'

function plan(source: string, options: { namespace?: string; labels?: Record<string, string> } = {}) {
  const { namespace = 'default', labels: namespaceLabels = {} } = options
  return planDocuments(readDocuments(source, 'x.yaml'), { namespace, namespaceLabels, config: defaultConfig })
}

const pod = (name: string, more = '') => `
---
apiVersion: v1
kind: Pod
metadata: {name: ${name}${more}}
spec: {containers: [{name: app}]}
`

const outcomes = (source: string, options = {}) =>
  plan(source, options).workloads.map(({ namespace, name, decision }) => [
    namespace,
    name,
    decision.mutation.outcome,
  ])

it('is denied where the configuration is strict and a setting is wrong', () => {
  const source = pod('a', ', annotations: {longhaul.dev/keepalive-idle: 60x}')
  const options = { namespace: 'd', namespaceLabels: {}, config: { ...defaultConfig, strict: true } }
  const [workload] = planDocuments(readDocuments(source, 'x.yaml'), options).workloads
  expect(workload && outcomeOf(workload.decision)).toBe('denied')
})

it.each([
  ['Job', 'spec: {template: {spec: {containers: [{name: app}]}}}'],
  ['CronJob', 'spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: app}]}}}}}'],
])('takes the pods of a %s for such as get no traffic', (kind, spec) => {
  const source = `{apiVersion: batch/v1, kind: ${kind}, metadata: {name: load}, ${spec}}`
  const labels = { 'longhaul.dev/inject': 'true', 'longhaul.dev/profile': 'slow-http' }
  const [workload] = plan(source, { labels }).workloads
  expect(workload?.decision.mutation).toMatchObject({ outcome: 'mutated', problems: [] })
  expect(workload?.decision.mutation.pod.spec?.containers[0]?.lifecycle).toBeUndefined()
  expect(workload?.decision.mutation.pod.spec?.terminationGracePeriodSeconds).toBeUndefined()
})

describe('namespaces', () => {
  const labelled =
    '---\napiVersion: v1\nkind: Namespace\nmetadata: {name: prod, labels: {longhaul.dev/inject: "true"}}\n'

  it('have the labels of their document, wherever it stands', () => {
    expect(outcomes(`${pod('a', ', namespace: prod')}${pod('b')}${labelled}`)).toEqual([
      ['prod', 'a', 'mutated'],
      ['default', 'b', 'skipped'],
    ])
  })

  it('are the given one for objects that name none', () => {
    expect(outcomes(`${pod('a')}${labelled}`, { namespace: 'prod' })).toEqual([['prod', 'a', 'mutated']])
  })

  it('have the given labels besides', () => {
    const labels = { 'longhaul.dev/inject': 'false' }
    expect(outcomes(`${pod('a', ', namespace: prod')}${labelled}`, { labels })).toEqual([
      ['prod', 'a', 'skipped'],
    ])
  })

  it('that are excluded are left alone', () => {
    const [workload] = plan(
      pod('a', ', namespace: kube-system, annotations: {longhaul.dev/inject: "true"}'),
    ).workloads
    expect(workload?.decision.mutation).toMatchObject({ outcome: 'skipped', reason: 'excluded-namespace' })
  })
})

it('looks into Lists, also nested ones and those of a kind', () => {
  const item = 'apiVersion: v1, kind: Pod, spec: {containers: [{name: a}]}'
  const inner = `{apiVersion: v1, kind: PodList, items: [{${item}, metadata: {name: b}}]}`
  const list = `{apiVersion: v1, kind: List, items: [{${item}, metadata: {generateName: a-}}, ${inner}, {}, null]}`
  expect(outcomes(list)).toEqual([
    ['default', 'a-*', 'skipped'],
    ['default', 'b', 'skipped'],
  ])
})

it('notes pod templates of kinds that it does not know, and passes over everything else', () => {
  const rollout =
    'apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: a}]}}}\n'
  const deeper =
    '---\napiVersion: batch.volcano.sh/v1alpha1\nkind: Job\nmetadata: {name: mpi}\nspec: {tasks: [{template: {spec: {containers: [{name: a}]}}}]}\n'
  const other = '---\napiVersion: apps.example/v1\nkind: Deployment\n---\njust text\n---\n[1]\n---\n'
  const { workloads, notes } = plan(`${rollout}${deeper}${other}`)
  expect(workloads).toEqual([])
  expect(notes).toEqual([
    expect.stringMatching(
      /^x\.yaml: document 1 \(line 1\): Rollout web \(argoproj\.io\/v1alpha1\) holds a pod template/,
    ),
    expect.stringContaining('Job mpi (batch.volcano.sh/v1alpha1) holds a pod template'),
  ])
})

describe('malformed workloads', () => {
  const malformed = (annotations: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata: {annotations: {${annotations}}}
    spec:
      containers:
        - {name: a, env: {A: b}}
        - {image: b}
      volumes: none
`
  it('are named with place, path and rule, all at once', () => {
    expect(() => plan(malformed('longhaul.dev/inject: "true"'))).toThrow(
      [
        'x.yaml: document 1 (line 2): Deployment web: spec.template.spec.containers.0.env is not of type array',
        'x.yaml: document 1 (line 2): Deployment web: spec.template.spec.containers.1.name is missing',
        'x.yaml: document 1 (line 2): Deployment web: spec.template.spec.volumes is not of type array',
      ].join('\n'),
    )
  })

  it('are passed over where they do not concern Longhaul', () => {
    expect(outcomes(malformed('other: x'))).toEqual([['default', 'web', 'skipped']])
  })
})

describe('strategic merge patches', () => {
  it.each([
    ['a directive', '{name: web, ports: [{$patch: delete, containerPort: 80}]}'],
    ['a directive in place of a container', '{$patch: replace}'],
    ['an order of a list', '{name: web, $setElementOrder/ports: [{containerPort: 80}]}'],
  ])('are passed through with a note, and the rest is planned: %s', (_, container) => {
    const patch = `
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: overlay}
spec: {template: {spec: {containers: [${container}]}}}
`
    const { workloads, notes } = plan(pod('a') + patch + pod('b'), {
      labels: { 'longhaul.dev/inject': 'true' },
    })
    expect(workloads.map(({ name }) => name)).toEqual(['a', 'b'])
    expect(notes).toEqual([
      expect.stringMatching(/document 2 \(line \d+\): Deployment overlay is a strategic merge patch; it/),
    ])
  })

  const selector = 'selector: {matchLabels: {app: web}}'

  it.each([
    ['a container names no image', selector, 'containers: [{name: web, volumeMounts: [{mountPath: /a}]}]'],
    ['a container names no image', selector, 'containers: [{name: web, ports: [{containerPort: null}]}]'],
    ['a container names no image', selector, 'containers: [{name: web, env: [{name: LEVEL, value: 3}]}]'],
    ['a container names no image', selector, 'volumes: {a: b}, containers: [{name: a, image: b}, {name: c}]'],
    ['it names no containers', selector, 'volumes: [{name: null, emptyDir: null}]'],
    ['it names no containers', selector, 'containers: null, terminationGracePeriodSeconds: 30s'],
    ['it has no selector', 'replicas: 2', 'containers: [{name: web, image: web:2, env: [null]}]'],
  ])('without a directive are told by what is not there: %s (%s, %s)', (sign, spec, podSpec) => {
    const patch = `
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: overlay}
spec: {${spec}, template: {spec: {${podSpec}}}}
`
    const { workloads, notes } = plan(pod('a') + patch + pod('b'), {
      labels: { 'longhaul.dev/inject': 'true' },
    })
    expect(workloads.map(({ name }) => name)).toEqual(['a', 'b'])
    expect(notes).toEqual([
      expect.stringContaining(
        `Deployment overlay seems to be a strategic merge patch (${sign}); it is passed`,
      ),
    ])
  })

  it('are not what is whole, and what could not be merged', () => {
    const whole = (containers: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {${selector}, template: {spec: {containers: ${containers}}}}
`
    const labels = { 'longhaul.dev/inject': 'true' }
    expect(() => plan(whole('[{name: a, image: b, ports: {}}]'), { labels })).toThrow('ports is not of type')
    expect(() => plan(whole('[{image: b}]'), { labels })).toThrow('containers.0.name is missing')
    expect(() => plan(whole('text'), { labels })).toThrow('containers is not of type array')
  })
})
