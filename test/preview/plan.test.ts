import { describe, expect, it } from 'vitest'
import { readDocuments } from '../../src/manifests/documents.ts'
import { outcomeOf } from '../../src/mutation/decide.ts'
import { defaultConfig } from '../../src/policy/config.ts'
import { planDocuments } from '../../src/preview/plan.ts'
import { printYaml } from '../../src/preview/yaml.ts'

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
  it('take no settings from annotations, which is said with what to write instead', () => {
    const annotations =
      '{longhaul.dev/inject: "true", longhaul.dev/drain-ports: http, longhaul.dev/other: x, other: x}'
    const source = `apiVersion: v1\nkind: Namespace\nmetadata: {name: prod, annotations: ${annotations}}\n`
    expect(plan(source).notes).toEqual([
      'x.yaml: document 1 (line 1): Namespace prod has longhaul.dev/inject as an annotation, which has no effect; write it as a label.',
      "x.yaml: document 1 (line 1): Namespace prod has longhaul.dev/drain-ports as an annotation, which has no effect; write it as an annotation of the pods' template.",
    ])
  })

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
  const other =
    '---\napiVersion: apps.example/v1\nkind: Deployment\n---\napiVersion: v1\nkind: PodTemplate\n---\n'
  const { workloads, notes } = plan(`${rollout}${deeper}${other}`)
  expect(workloads).toEqual([])
  expect(notes).toEqual([
    expect.stringMatching(
      /^x\.yaml: document 1 \(line 1\): Rollout web \(argoproj\.io\/v1alpha1\) holds a pod template/,
    ),
    expect.stringContaining('Job mpi (batch.volcano.sh/v1alpha1) holds a pod template'),
  ])
})

describe('what kubectl would not take', () => {
  const noted = (source: string) => plan(source).notes
  const spec = 'metadata: {name: web}\nspec: {containers: [{name: a}]}\n'
  const template = `spec: {template: {spec: {containers: [{name: a}]}}}\n`

  it.each([
    ['just text', 'is a plain value'],
    ['[1]', 'is a list'],
    ['a: 1', 'has no apiVersion and no kind'],
    ['kind: Pod', 'has no apiVersion'],
    ['apiVersion: v1\nkind:', 'has no kind'],
    ['apiVersion: 1\nkind: Pod', 'has an apiVersion or a kind that is no text'],
    ['apiVersion: v1\nkind: List\nitems: {a: b}', 'has items that are no list'],
  ])('is noted: %j', (source, reason) => {
    expect(noted(`# first\n---\n${source}\n`)).toEqual([
      `x.yaml: document 1 (line 2): what stands here ${reason}, and kubectl would not take it; it is passed through.`,
    ])
  })

  it('is noted in a List', () => {
    const source = `apiVersion: v1\nkind: List\nitems: [{metadata: {}}, {apiVersion: v1, kind: Service}, null]\n`
    expect(noted(source)).toEqual([
      expect.stringContaining('(line 1): items.0: what stands here has no apiVersion and no kind'),
      expect.stringContaining('(line 1): items.2: what stands here is a plain value'),
    ])
  })

  it.each([
    [`apiVersion: v1\nkind: pod\n${spec}`, 'pod web (v1)', '; write apiVersion: v1, kind: Pod'],
    [`apiVersion: v2\nkind: Pod\n${spec}`, 'Pod web (v2)', '; write apiVersion: v1, kind: Pod'],
    [`apiVersion: apps/v1\nkind: Pod\n${spec}`, 'Pod web (apps/v1)', '; write apiVersion: v1, kind: Pod'],
    [`apiVersion: v1\nkind: Nonsense\n${spec}`, 'Nonsense web (v1)', ''],
    [
      `apiVersion: apps/v2\nkind: statefullSet\n${template}`,
      'statefullSet (no name) (apps/v2)',
      '; write apiVersion: apps/v1, kind: StatefulSet',
    ],
  ])('is noted where it is of no kind: %j', (source, name, meant) => {
    expect(plan(source).workloads).toEqual([])
    expect(noted(source)).toEqual([
      `x.yaml: document 1 (line 1): ${name} is of no kind that Kubernetes has${meant}. It is passed through.`,
    ])
  })

  it.each(['# nothing\n', '---\n---\n', 'apiVersion: example.org/v1\nkind: Pod\nspec: {containers: []}\n'])(
    'does not include %j',
    source => expect(noted(source)).toEqual([]),
  )
})

it.each([
  ['PodList', 'v1', '{metadata: {name: a}, spec: {containers: [{name: a}]}}'],
  ['PodList', 'v1', '{apiVersion: v1, kind: , metadata: {name: a}, spec: {containers: [{name: a}]}}'],
  [
    'DeploymentList',
    'apps/v1',
    '{metadata: {name: a}, spec: {template: {metadata: {}, spec: {containers: [{name: a}]}}}}',
  ],
])('takes the items of a %s for what it is a list of', (kind, apiVersion, item) => {
  const source = `apiVersion: ${apiVersion}\nkind: ${kind}\nitems:\n- ${item}\n- ${item}\n`
  const labels = { 'longhaul.dev/inject': 'true' }
  const found = plan(source, { labels })
  expect(found.notes).toEqual([])
  expect(found.workloads.map(({ object }) => [object.kind, object.apiVersion])).toEqual([
    [kind.replace('List', ''), apiVersion],
    [kind.replace('List', ''), apiVersion],
  ])
  const output = printYaml(found)
  expect(output.match(/LD_PRELOAD/g)).toHaveLength(2)
  expect(output.match(/kind: (Pod|Deployment)\n/g)).toBeNull()
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
        'x.yaml:10:26: document 1: Deployment web: spec.template.spec.containers.0.env is not of type array: it is a map; write a list',
        'x.yaml:11:11: document 1: Deployment web: spec.template.spec.containers.1.name is missing',
        'x.yaml:12:16: document 1: Deployment web: spec.template.spec.volumes is not of type array: it is "none"; write a list',
      ].join('\n'),
    )
  })

  const containers = 'spec: {containers: [{name: a, image: b}]}\n'

  it.each([
    ['longhaul.dev/drain-timeout: 30', 'longhaul.dev/drain-timeout', '30; put it in quotes: "30"'],
    ['longhaul.dev/inject: on', 'longhaul.dev/inject', 'on; put it in quotes: "on"'],
    ['longhaul.dev/inject: "true", note: 0x1F', 'note', '0x1F; put it in quotes: "0x1F"'],
    ['longhaul.dev/inject: "true", note: [a]', 'note', 'a list'],
  ])('are named for annotations that are no texts: %s', (annotations, key, fix) => {
    const source = `a: 1\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  annotations: {${annotations}}\n${containers}`
    expect(() => plan(source)).toThrow(
      new RegExp(
        `^x\\.yaml:6:\\d+: document 2: Pod \\(no name\\): metadata.annotations.${key} is not of type string: it is ${fix}$`,
      ),
    )
  })

  it.each([
    ['annotations', '{annotations: longhaul}', 'is not of type object: it is "longhaul"; write a map'],
    ['labels.a', '{annotations: {longhaul.dev/inject: "true"}, labels: {a: yes}}', 'put it in quotes: "yes"'],
  ])('are named for metadata: %s', (field, metadata, message) => {
    const pod = `apiVersion: v1\nkind: Pod\nmetadata: ${metadata}\n${containers}`
    expect(() => plan(pod)).toThrow(`metadata.${field} `)
    expect(() => plan(pod)).toThrow(message)
  })

  it('are named once for what stands around the template, with a place also behind aliases and in lists', () => {
    const spec = 'spec: {containers: [{name: a, image: b, ports: [{containerPort: "80"}]}]}'
    const ask = 'annotations: {longhaul.dev/inject: "true"}'
    expect(() =>
      plan(`x: &x {name: 5, ${ask}}
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Pod
    metadata: *x
    ${spec}
`),
    ).toThrow(
      [
        'x.yaml:1:14: document 1: Pod 5: metadata.name is not of type string: it is 5; put it in quotes: "5"',
        'x.yaml:8:69: document 1: Pod 5: spec.containers.0.ports.0.containerPort is not of type integer: it is "80"; take it out of the quotes',
      ].join('\n'),
    )
  })

  it('are named with the line in the file for JSON objects one behind the other', () => {
    const pod = (name: unknown) =>
      JSON.stringify(
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { annotations: { 'longhaul.dev/inject': 'true' } },
          spec: { containers: [{ name, image: 'a' }] },
        },
        null,
        1,
      )
    expect(() => plan(`${pod('a')}\n\n${pod(7)}\n`)).toThrow(/^x\.yaml:30:\d+: document 2: Pod /)
  })

  it('are not told of without end', () => {
    const pods = Array.from({ length: 30 }, (_, at) => pod(`p${at}`).replace('name: app', 'image: app'))
    const labels = { 'longhaul.dev/inject': 'true' }
    expect(() => plan(pods.join(''), { labels })).toThrow(/^(x\.yaml:.*\n){20}and 10 more mistakes$/)
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

it.each([
  [20, []],
  [
    80,
    [
      'x.yaml: document 1 (line 1): Pod many: the change to its pods is larger than the webhook answers, so that it may leave them unchanged.',
    ],
  ],
])('says where the webhook may have no room for the change (%d containers)', (count, notes) => {
  const containers = Array.from({ length: count }, (_, index) => `{name: c${index}, image: x}`)
  const metadata = '{name: many, annotations: {longhaul.dev/profile: websocket}}'
  const source = `{apiVersion: v1, kind: Pod, metadata: ${metadata}, spec: {containers: [${containers}]}}`
  expect(plan(source).notes).toEqual(notes)
})
