import jsonPatch from 'fast-json-patch'
import { expect, it } from 'vitest'
import { readDocuments } from '../../src/manifests/documents.ts'
import { defaultConfig } from '../../src/policy/config.ts'
import { printDiff } from '../../src/preview/diff.ts'
import { printJson, printPatch } from '../../src/preview/json.ts'
import { planDocuments } from '../../src/preview/plan.ts'
import { styleFor } from '../../src/preview/style.ts'
import { printSummary } from '../../src/preview/summary.ts'

const job = `apiVersion: batch/v1
kind: Job
metadata: {name: migrate}
spec: {template: {spec: {containers: [{name: app, image: app:1}]}}}
`
const source = `${job}---
apiVersion: v1
kind: Pod
metadata: {name: web, annotations: {longhaul.dev/inject: "true", longhaul.dev/keepalive-idle: 60x}}
spec: {containers: [{name: app, image: app:1}]}
---
apiVersion: v1
kind: Pod
metadata: {name: opted, annotations: {longhaul.dev/inject: "false"}}
spec: {containers: [{name: app}]}
---
apiVersion: v1
kind: Pod
metadata: {name: idle, annotations: {longhaul.dev/keepalive: "off", longhaul.dev/pre-stop-sleep: "off"}}
spec: {containers: [{name: app}]}
`
const labels = { 'longhaul.dev/inject': 'true', 'longhaul.dev/profile': 'client' }
const plan = planDocuments(readDocuments(source, 'x.yaml'), {
  namespace: 'prod',
  namespaceLabels: labels,
  config: defaultConfig,
})
const plain = styleFor(false)

it('diff shows for each workload what, why, and what is wrong', () => {
  const text = printDiff(plan, plain)
  expect(text).toContain(
    'Job migrate in namespace prod (x.yaml, document 1): changed by keepalive-preload.\n',
  )
  expect(text).toContain('\n  +        - name: LD_PRELOAD\n')
  expect(text).toMatch(/\n {4}keepalive +preload +profile client of the namespace\n/)
  expect(text).toMatch(/\n {4}keepalive-idle +60s +the defaults\n/)
  expect(text).toContain('\n  A dead peer is noticed within 90s, ')
  expect(text).toContain(
    '\n  Problems:\n    longhaul.dev/keepalive-idle: "60x" on the pod is not a duration; write 60s.',
  )
  expect(text).toContain(
    'Pod opted in namespace prod (x.yaml, document 3): left alone. longhaul.dev/inject says false.\n',
  )
  expect(text).toContain('Pod idle in namespace prod (x.yaml, document 4): unchanged; it has all')
})

it('diff is coloured only where it may be', () => {
  const esc = String.fromCharCode(27)
  expect(printDiff(plan, plain)).not.toContain(esc)
  expect(printDiff(plan, styleFor(true))).toContain(`${esc}[32m+`)
})

it('diff and summary say so where there is nothing', () => {
  const empty = planDocuments([], { namespace: 'd', namespaceLabels: {}, config: defaultConfig })
  expect(printDiff(empty, plain)).toBe('No workload in the input.\n')
  expect(printSummary(empty, plain)).toContain('0 workloads: 0 mutated')
})

it('summary counts audits, and says what each would set', () => {
  const text =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: app, image: "app:1"}]}\n'
  const audited = planDocuments(readDocuments(text, 'x.yaml'), {
    namespace: 'd',
    namespaceLabels: { 'longhaul.dev/inject': 'audit' },
    config: defaultConfig,
  })
  const lines = printSummary(audited, plain).trimEnd().split('\n')
  expect(lines[1]?.split(/ {2,}/)).toEqual([
    'Pod',
    'd',
    'web',
    'audited',
    'keepalive-preload,pre-stop,grace-period',
    '0',
  ])
  expect(lines.at(-1)).toBe('1 workloads: 0 mutated, 0 unchanged, 0 skipped, 1 audited')
})

it('summary has a line each, the problems, and the counts', () => {
  const lines = printSummary(plan, plain).trimEnd().split('\n')
  expect(lines.slice(0, 5).map(line => line.split(/ {2,}/).slice(0, 5))).toEqual([
    ['KIND', 'NAMESPACE', 'NAME', 'OUTCOME', 'WHAT'],
    ['Job', 'prod', 'migrate', 'mutated', 'keepalive-preload'],
    ['Pod', 'prod', 'web', 'mutated', 'keepalive-preload'],
    ['Pod', 'prod', 'opted', 'skipped', 'opted-out'],
    ['Pod', 'prod', 'idle', 'unchanged', '0'],
  ])
  expect(lines.at(-2)).toMatch(/^Pod web: longhaul\.dev\/keepalive-idle: "60x"/)
  expect(lines.at(-1)).toBe('4 workloads: 2 mutated, 1 unchanged, 1 skipped')
})

it('json has the patch of the pod, and where settings come from', () => {
  const [first, second, third] = JSON.parse(printJson(plan))
  expect(first.settings['keepalive-idle']).toEqual({ value: '60s', source: 'the defaults' })
  expect(second.problems).toEqual([
    expect.objectContaining({
      key: 'keepalive-idle',
      value: '60x',
      text: expect.stringMatching(/^longhaul\.dev/),
    }),
  ])
  expect(first.keepalive).toEqual([
    {
      by: 'preload',
      containers: ['app'],
      idleNoticeSeconds: 90,
      sendingNoticeSeconds: 90,
      idleBytesPerHour: 6240,
    },
  ])
  expect(third).toMatchObject({ outcome: 'skipped', reason: 'opted-out', patch: [], keepalive: [] })
  for (const [index, { patch, pod }] of JSON.parse(printJson(plan)).entries()) {
    const before = JSON.parse(JSON.stringify(plan.workloads[index]?.pod))
    expect(jsonPatch.applyPatch(before, patch).newDocument).toEqual(pod)
  }
})

it('patch is that of the object, also where its template has no metadata', () => {
  const patches: { kind: string; patch: jsonPatch.Operation[] }[] = JSON.parse(printPatch(plan))
  expect(patches.map(({ kind }) => kind)).toEqual(['Job', 'Pod'])
  const object = JSON.parse(JSON.stringify(plan.workloads[0]?.object))
  expect(jsonPatch.applyPatch(object, patches[0]?.patch ?? [], true).newDocument).toEqual(
    plan.workloads[0]?.changed,
  )
})
