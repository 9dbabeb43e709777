/** `longhaul preview`: inputs, outputs, mistakes. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import jsonPatch from 'fast-json-patch'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { readFault } from '../../src/manifests/inputs.ts'
import { newestKnown } from '../../src/policy/kubernetes-version.ts'
import { csi, folderWith, longhaul, type Result, runHere, shell } from './longhaul.ts'
import { deployment, service } from './manifests.ts'

describe('inputs', () => {
  it('are files, folders and standard input, in the order of the call', async () => {
    const folder = await folderWith({
      'z.yaml': deployment('z'),
      'all/b.yml': deployment('b'),
      'all/a.json': JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }),
      'all/below/c.YAML': deployment('c'),
      'all/notes.txt': 'not: [a manifest',
    })
    const paths = [join(folder, 'z.yaml'), '-', join(folder, 'all')]
    const { status, stdout } = await longhaul(['preview', ...paths, '-o', 'json'], {
      stdin: deployment('piped'),
    })
    expect(status).toBe(0)
    expect(JSON.parse(stdout).map(({ name }: { name: string }) => name)).toEqual([
      'z',
      'piped',
      'a',
      'b',
      'c',
    ])
  })

  it('are read once, also where a folder holds links to folders, as a mounted ConfigMap does', async () => {
    const folder = await folderWith({ '..2026_11_20/a.yaml': deployment('a'), 'b.yaml': deployment('b') })
    await symlink('..2026_11_20', join(folder, '..data'))
    await symlink('.', join(folder, 'loop'))
    const { stdout } = await runHere(['preview', folder, '-o', 'json'])
    expect(JSON.parse(stdout).map(({ name }: { name: string }) => name)).toEqual(['a', 'b'])
  })

  it('are regular files, and no locks of an editor', async () => {
    const folder = await folderWith({ 'a.yaml': deployment('a') })
    await symlink('someone@host.1:2', join(folder, '.#a.yaml'))
    await once(spawn('mkfifo', [join(folder, 'b.yaml')]), 'exit')
    const { status, stdout } = await runHere(['preview', folder, '-o', 'json'])
    expect(status).toBe(0)
    expect(JSON.parse(stdout).map(({ name }: { name: string }) => name)).toEqual(['a'])
  })

  it('are UTF-8, or UTF-16 with a byte order mark, as for kubectl', async () => {
    const folder = await folderWith({ 'a.yaml': deployment('ü') })
    const little = Buffer.from(`\uFEFF${deployment('ü16')}`, 'utf16le')
    await writeFile(join(folder, 'b.yaml'), little)
    await writeFile(join(folder, 'c.yaml'), Buffer.from(little).swap16())
    const { stdout } = await runHere(['preview', folder, '-o', 'json'])
    expect(JSON.parse(stdout).map(({ name }: { name: string }) => name)).toEqual(['ü', 'ü16', 'ü16'])
  })

  it('may hold nothing', async () => {
    expect(await longhaul(['preview', '-'])).toEqual({
      status: 0,
      stdout: 'No workload in the input.\n',
      stderr: '',
    })
    expect(await runHere(['preview', '-', '-o', 'yaml'], { stdin: '' })).toMatchObject({
      status: 0,
      stdout: '',
    })
    expect(await runHere(['preview', '-', '-o', 'json'], { stdin: '' })).toMatchObject({
      status: 0,
      stdout: '[]\n',
    })
  })

  it('supply the labels of namespaces', async () => {
    const namespace = `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: team\n  labels: { longhaul.dev/profile: http, longhaul.dev/inject: "true" }\n`
    const stdin = `${deployment('chat', [])}---\n${namespace}`
    const inTeam = JSON.parse((await runHere(['preview', '-', '-n', 'team', '-o', 'json'], { stdin })).stdout)
    expect(inTeam).toMatchObject([
      { namespace: 'team', outcome: 'mutated', settings: { profile: { value: 'http' } } },
    ])
    const elsewhere = JSON.parse((await runHere(['preview', '-', '-o', 'json'], { stdin })).stdout)
    expect(elsewhere).toMatchObject([{ namespace: 'default', outcome: 'skipped', reason: 'not-asked' }])
  })

  it('are taken with the namespace labels of the call', async () => {
    const labels = [
      '--namespace-label',
      'longhaul.dev/inject=true',
      '--namespace-label',
      'longhaul.dev/keepalive-idle=45s',
    ]
    const { stdout } = await runHere(['preview', '-', ...labels, '-o', 'json'], {
      stdin: deployment('chat', []),
    })
    expect(JSON.parse(stdout)).toMatchObject([
      { outcome: 'mutated', settings: { 'keepalive-idle': { value: '45s', source: 'the namespace' } } },
    ])
  })

  it('are taken for the version of Kubernetes in the call', async () => {
    const preStop = async (version: string) => {
      const args = ['preview', '-', '--kubernetes-version', version, '-o', 'json']
      const { stdout } = await runHere(args, { stdin: deployment('chat', ['longhaul.dev/inject: "true"']) })
      return JSON.parse(stdout)[0].pod.spec.containers[0].lifecycle.preStop
    }
    expect(await preStop('1.30')).toEqual({ sleep: { seconds: 5 } })
    expect(await preStop('1.29')).toHaveProperty('exec')
  })

  it.each([
    ['1.27', 'Longhaul is for Kubernetes 1.28 and later'],
    ['2.0', 'Longhaul is for Kubernetes 1.28 and later'],
    ['latest', 'Write it as 1.30'],
    ['', 'Write it as 1.30'],
  ])('are taken for no version that is not supported, nor for nonsense: %j', async (version, words) => {
    const { status, stdout, stderr } = await runHere(['preview', '-', '--kubernetes-version', version], {
      stdin: deployment('chat'),
    })
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`argument '${version}' is invalid. ${words}`)
  })

  it('are taken for a version that is newer than what is known with a note', async () => {
    const call = (version: string) =>
      runHere(['preview', '-', '--kubernetes-version', version], { stdin: deployment('chat') })
    const newest = await call(`1.${newestKnown.minor}`)
    expect(newest).toMatchObject({ status: 0, stderr: '' })
    expect(await call(`1.${newestKnown.minor + 1}`)).toEqual({
      status: 0,
      stdout: newest.stdout,
      stderr: `note: Kubernetes 1.${newestKnown.minor + 1} is not known here; it is taken to be as 1.${newestKnown.minor}\n`,
    })
  })

  it('of other kinds that hold a pod template are passed through, with a note', async () => {
    const rollout = deployment('chat')
      .replace('apps/v1', 'argoproj.io/v1alpha1')
      .replace('Deployment', 'Rollout')
    const { status, stdout, stderr } = await longhaul(['preview', '-', '-o', 'yaml'], { stdin: rollout })
    expect([status, stdout]).toEqual([0, rollout])
    expect(stderr).toMatch(
      /^note: standard input: document 1 \(line 1\): Rollout chat \(argoproj.io\/v1alpha1\) .*\n$/,
    )
  })
})

describe('mistakes', () => {
  const expectRefusal = ({ status, stdout }: Result) => expect([status, stdout]).toEqual([2, ''])

  it('of a missing file', async () => {
    const result = await longhaul(['preview', '/nowhere/a.yaml'])
    expectRefusal(result)
    expect(result.stderr).toBe('longhaul: /nowhere/a.yaml: there is no such file\n')
  })

  it('of a file in another encoding', async () => {
    const folder = await folderWith({})
    await writeFile(join(folder, 'latin1.yaml'), Buffer.from('name: M\xfcller\n', 'latin1'))
    const result = await runHere(['preview', join(folder, 'latin1.yaml')])
    expectRefusal(result)
    expect(result.stderr).toBe(
      `longhaul: ${folder}/latin1.yaml: it is neither UTF-8 nor UTF-16 with a byte order mark\n`,
    )
  })

  it('of a Helm template that nobody rendered', async () => {
    const stdin = deployment('chat').replace('name: chat', 'name: {{ .Release.Name }}')
    const result = await longhaul(['preview', '-'], { stdin })
    expectRefusal(result)
    expect(result.stderr).toBe(
      "longhaul: standard input:4:10: document 1: a key of a map can't be a map, a list or null; this looks like a Helm template: render it first, for example with helm template\n",
    )
  })

  it('of several missing files are all reported', async () => {
    const result = await runHere(['preview', '/nowhere/a.yaml', '/nowhere/b.yaml'])
    expectRefusal(result)
    expect(result.stderr).toContain('/nowhere/a.yaml: there is no such file')
    expect(result.stderr).toContain('/nowhere/b.yaml: there is no such file')
  })

  // Not by a file's mode: root, who runs the tests in CI, may read every file.
  it.each([
    ['ENOENT', 'there is no such file'],
    ['EACCES', 'it may not be read: permission denied'],
    ['EIO', 'input/output error'],
  ])('of a file that gives %s', (code, words) => {
    expect(readFault(Object.assign(new Error('input/output error'), { code }))).toBe(words)
  })

  it('of an empty folder', async () => {
    const folder = await folderWith({ 'notes.txt': 'hello' })
    const result = await longhaul(['preview', folder])
    expectRefusal(result)
    expect(result.stderr).toBe(`longhaul: ${folder}: the folder holds no .yaml, .yml or .json file\n`)
  })

  it('of broken YAML name file, document and line', async () => {
    const stdin = `${deployment('chat')}---\n${service('chat')}---\nkind: Pod\nspec: [1,\n`
    const line = stdin.split('\n').length
    const result = await runHere(['preview', '-'], { stdin })
    expect(await longhaul(['preview', '-'], { stdin })).toEqual(result)
    expectRefusal(result)
    expect(result.stderr).toMatch(/^longhaul: standard input:\d+:\d+: document 3 is not valid YAML: /)
    const reported = Number(/input:(\d+):/.exec(result.stderr)?.[1])
    expect(reported).toBeGreaterThanOrEqual(line - 2)
    expect(reported).toBeLessThanOrEqual(line)
  })

  it('of a file in a folder name the file', async () => {
    const folder = await folderWith({ 'a.yaml': deployment('a') })
    await symlink('nowhere.yaml', join(folder, 'b.yaml'))
    const result = await runHere(['preview', folder])
    expectRefusal(result)
    expect(result.stderr).toBe(`longhaul: ${join(folder, 'b.yaml')}: there is no such file\n`)
  })

  it('of several broken files are all reported', async () => {
    const folder = await folderWith({
      'a.yaml': `${deployment('a')}---\n"b`,
      'b.yaml': deployment('b'),
      'c.json': '{"kind": "Pod",, }',
      'd.yaml': deployment('d').replace('name: app', 'name: 7').replace('spec:', 'spec:\n  selector: {}'),
    })
    const result = await longhaul(['preview', folder, join(folder, 'e.yaml'), '-o', 'yaml'])
    expectRefusal(result)
    expect(result.stderr).toContain(`longhaul: ${join(folder, 'a.yaml')}:`)
    expect(result.stderr).toContain('document 2 is not valid YAML')
    expect(result.stderr).toContain(`longhaul: ${join(folder, 'c.json')}:1:`)
    expect(result.stderr).toContain(`longhaul: ${join(folder, 'd.yaml')}:15:17: document 1: Deployment d: `)
    expect(result.stderr).toContain(`longhaul: ${join(folder, 'e.yaml')}: there is no such file`)
    for (const line of result.stderr.trimEnd().split('\n')) expect(line).toMatch(/^longhaul: /)
  })

  it.each([
    ['text for containers', 'containers: text', 'spec.template.spec.containers'],
    ['a container without a name', 'containers: [{ image: a }]', 'spec.template.spec.containers.0.name'],
    [
      'terms of affinity that are none',
      'affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: x}}}\n      containers: [{ name: a, image: b }]',
      'nodeSelectorTerms is not of type array',
    ],
    [
      'a number in the environment',
      'containers: [{ name: a, image: b, env: [{ name: B, value: 1 }] }]',
      'env.0.value',
    ],
    [
      'a number for a command',
      'containers: [{ name: a, image: b, lifecycle: { preStop: { exec: { command: 7 } } } }]',
      'lifecycle.preStop.exec.command is not of type array',
    ],
    [
      'text for the grace period',
      'terminationGracePeriodSeconds: 30s\n      containers: [{ name: a, image: b }]',
      'GracePeriod',
    ],
  ])('in the shape of a pod are named (%s)', async (_name, spec, path) => {
    const whole = deployment('chat').replace('spec:\n', 'spec:\n  selector: { matchLabels: { app: chat } }\n')
    const stdin = `# first\n---\n${whole.replace(/spec:\n {6}containers[\s\S]*$/, `spec:\n      ${spec}\n`)}`
    const result = await runHere(['preview', '-'], { stdin })
    expectRefusal(result)
    expect(result.stderr).toMatch(/^longhaul: standard input:1[67]:\d+: document 1: Deployment chat: /)
    expect(result.stderr).toContain(path)
  })

  it.each([
    'alias: *nothing',
    'kind: Deployment\napiVersion: apps/v1',
    'kind: 5\napiVersion: 7',
    'just text',
    '- a\n- list',
    'kind: List\napiVersion: v1\nitems: text',
    'kind: List\napiVersion: v1\nitems: [null, 5, {kind: Pod, apiVersion: v1}]',
    'kind: Namespace\napiVersion: v1\nmetadata: null',
    'kind: Pod\napiVersion: v1\nmetadata: text',
    'kind: Pod\napiVersion: v1\nmetadata: {annotations: [longhaul.dev/inject], name: 5}',
    'kind: Deployment\napiVersion: apps/v1\nmetadata: {name: a}\nspec: {template: {metadata: {annotations: {longhaul.dev/inject: "true"}}}}',
    'kind: Deployment\napiVersion: apps/v1\nmetadata: {name: a}\nspec: {template: {metadata: {annotations: {longhaul.dev/inject: true}}, spec: null}}',
    'kind: Deployment\napiVersion: apps/v1\nmetadata: {name: a}\nspec: {template: {metadata: null, spec: {containers: [{name: a}]}}}',
    'kind: Deployment\napiVersion: apps/v1\nspec: []',
    'kind: Pod\napiVersion: v1\nmetadata: {name: 5}\nspec: {containers: [{name: a}]}',
    'kind: Pod\napiVersion: v1\nmetadata: {name: a, namespace: 2026}\nspec: {containers: [{name: a}]}',
    'kind: Pod\napiVersion: v1\nmetadata: {name: {a: b}}\nspec: {containers: [{name: a}]}',
    'kind: Pod\napiVersion: v1\nmetadata: {annotations: {longhaul.dev/inject: {toString: 1, valueOf: 2}}}',
  ])('of every kind are a refusal at worst, never a fault: %j', async stdin => {
    for (const format of ['diff', 'yaml', 'json', 'patch', 'summary']) {
      const args = ['preview', '-', '-o', format, '--namespace-label', 'longhaul.dev/inject=true']
      const { status, stderr } = await runHere(args, { stdin })
      expect(stderr).not.toContain('fault of Longhaul')
      expect([0, 2]).toContain(status)
    }
  })

  it('in a configuration file are all reported', async () => {
    const config = `defaults:
  keepalive-idle: 60x
  keepalive-idel: 60s
profiles:
  mine:
    drain-timeout: never
strict: perhaps
kubernetesVersion: 1.30
surprise: 1
`
    const folder = await folderWith({ 'config.yaml': config })
    const file = join(folder, 'config.yaml')
    for (const args of [
      ['preview', '-'],
      ['serve', '--standalone', '--port', '0', '--admin-port', '0'],
    ]) {
      const result = await longhaul([...args, '--config', file])
      expectRefusal(result)
      expect(result.stderr.trimEnd().split('\n').sort()).toEqual([
        expect.stringContaining(`longhaul: ${file}:2: defaults.keepalive-idle: "60x" is not a duration`),
        expect.stringContaining(`longhaul: ${file}:3: defaults.keepalive-idel: "60s" is not a setting`),
        expect.stringContaining(
          `longhaul: ${file}:6: profiles.mine.drain-timeout: "never" is not a duration`,
        ),
        expect.stringContaining(`longhaul: ${file}:7: strict: "perhaps" is not of type boolean`),
        expect.stringContaining(`longhaul: ${file}:8: kubernetesVersion: 1.3 is not a version`),
        expect.stringContaining(`longhaul: ${file}:9: surprise: is not a known field`),
      ])
    }
  })

  it('of a missing configuration file', async () => {
    const result = await runHere(['preview', '-', '--config', '/nowhere/config.yaml'], { stdin: '' })
    expectRefusal(result)
    expect(result.stderr).toBe('longhaul: /nowhere/config.yaml: there is no such file\n')
  })

  it('in settings are printed, and fail a strict call', async () => {
    const stdin = deployment('chat', ['longhaul.dev/keepalive-idle: 60x', 'longhaul.dev/keepalive-idel: 60s'])
    const text =
      'longhaul.dev/keepalive-idle: "60x" on the pod is not a duration; write 60s. Using 60s from the defaults.'
    const lenient = await longhaul(['preview', '-'], { stdin })
    expect([lenient.status, lenient.stderr]).toEqual([0, ''])
    expect(lenient.stdout).toContain(text)
    const strict = await longhaul(['preview', '-', '--strict'], { stdin })
    expect(await runHere(['preview', '-', '--strict'], { stdin })).toEqual(strict)
    expect([strict.status, strict.stderr]).toEqual([1, 'longhaul: 2 problems found\n'])
    expect(strict.stdout).toBe(lenient.stdout)
    const good = await longhaul(['preview', '-', '--strict'], { stdin: deployment('chat') })
    expect([good.status, good.stderr]).toEqual([0, ''])
  })
})

describe('outputs', () => {
  const stdin = `${deployment('chat')}---\n${service('chat')}---\n${deployment('plain', [])}`

  it('diff: what changes, why, and the problems', async () => {
    const { stdout } = await runHere(['preview', '-'], { stdin })
    expect(stdout).toMatch(
      /^Deployment chat in namespace default \(standard input, document 1\): changed by keepalive-preload, /,
    )
    expect(stdout).toMatch(/^ {2}\+ +- name: LD_PRELOAD$/m)
    expect(stdout).toMatch(/^ {4}keepalive-idle +30s +profile websocket of the pod$/m)
    expect(stdout).toContain(
      'document 3): left alone. Neither the pod nor its namespace asks to be changed.\n',
    )
    expect(stdout).not.toContain('Service')
    expect(stdout).not.toMatch(/[&*]a1/)
  })

  it('summary: a line a workload, aligned, then the counts', async () => {
    const { stdout } = await runHere(['preview', '-', '-o', 'summary'], { stdin })
    expect(stdout.split('\n')).toEqual(
      [
        'KIND        NAMESPACE  NAME   OUTCOME  WHAT                                               PROBLEMS',
        'Deployment  default    chat   mutated  keepalive-preload,pre-stop,grace-period,readiness  0',
        'Deployment  default    plain  skipped  not-asked                                 0',
        '2 workloads: 1 mutated, 0 unchanged, 1 skipped',
        '',
      ].map((line, index) => (index < 3 ? expect.stringMatching(line.replaceAll(/ +/g, ' +')) : line)),
    )
  })

  it('json: what section 5 of the design names, the patch being that of the pod', async () => {
    const { stdout } = await runHere(['preview', '-', '-o', 'json'], { stdin })
    const [chat, plain] = JSON.parse(stdout)
    const fields = [
      'kind',
      'namespace',
      'name',
      'outcome',
      'reason',
      'patch',
      'pod',
      'settings',
      'keepalive',
      'problems',
    ]
    expect(Object.keys(chat)).toEqual(fields)
    expect(Object.keys(plain)).toEqual(fields)
    expect(chat).toMatchObject({
      kind: 'Deployment',
      name: 'chat',
      outcome: 'mutated',
      reason: null,
      problems: [],
    })
    expect(chat.pod).toMatchObject({ kind: 'Pod', metadata: { namespace: 'default', generateName: 'chat-' } })
    expect(plain).toMatchObject({ outcome: 'skipped', reason: 'not-asked', patch: [] })
  })

  it.each(['diff', 'yaml', 'json'])('%s: integers beyond 2^53 with their own digits', async format => {
    const grace = '      terminationGracePeriodSeconds: 9007199254740993\n'
    const stdin = deployment('chat').replace('      containers:', `${grace}      containers:`)
    const { stdout } = await runHere(['preview', '-', '-o', format], { stdin })
    expect(stdout).toMatch(/terminationGracePeriodSeconds"?: 9007199254740993,?\n/)
  })

  it('yaml: what comes by a merge key and changes has its own digits', async () => {
    const base = 'x: &x { securityContext: { fsGroup: 9007199254740993 } }\n'
    const stdin = `${base}${deployment('chat', ['longhaul.dev/keepalive: sysctl'])}`.replace(
      '      containers:',
      '      <<: *x\n      containers:',
    )
    const { stdout } = await runHere(['preview', '-', '-o', 'yaml'], { stdin })
    expect(stdout).toMatch(/fsGroup: 9007199254740993\n +sysctls:/)
  })

  it('patch: of the objects that change, as kubectl patch takes it', async () => {
    const { stdout } = await runHere(['preview', '-', '-o', 'patch'], { stdin })
    const [entry, ...others] = JSON.parse(stdout)
    expect(others).toEqual([])
    expect(entry).toMatchObject({ kind: 'Deployment', namespace: 'default', name: 'chat' })
    for (const { path } of entry.patch) expect(path).toMatch(/^\/spec\/template\//)
  })
})

/** The values in a text, as kubectl reads them. */
function valuesIn(text: string): unknown[] {
  const documents = [...parseAllDocuments(text, { version: '1.1', merge: true })]
  expect(documents.flatMap(({ errors }) => errors)).toEqual([])
  return documents.map(document => document.toJS())
}

/** All objects in some values, those in Lists too. */
function objectsIn(values: unknown[]): Record<string, unknown>[] {
  return values.flatMap(value => {
    const { items } = (value ?? {}) as { items?: unknown }
    if (Array.isArray(items)) return objectsIn(items)
    return value === null ? [] : [value as Record<string, unknown>]
  })
}

/** What `-o yaml` gives; checked to hold the values that `-o patch` makes of the input. */
async function yamlOf(input: string, expectedChanges: number): Promise<string> {
  const { status, stdout, stderr } = await runHere(['preview', '-', '-o', 'yaml'], { stdin: input })
  expect([status, stderr]).toEqual([0, ''])
  const patches = JSON.parse((await runHere(['preview', '-', '-o', 'patch'], { stdin: input })).stdout)
  expect(patches).toHaveLength(expectedChanges)
  // Without shared objects, as anchors give them: a patch would change them in two places.
  const objects = objectsIn(JSON.parse(JSON.stringify(valuesIn(input))))
  for (const { kind, name, patch } of patches) {
    const object = objects.find(each => each['kind'] === kind && Object(each['metadata'])['name'] === name)
    jsonPatch.applyPatch(object, patch)
  }
  expect(objectsIn(valuesIn(stdout))).toEqual(objects)
  return stdout
}

describe('yaml', () => {
  it.each([
    ['a Service', service('chat')],
    ['no trailing newline', service('chat').trimEnd()],
    ['CRLF', service('chat').replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${service('chat')}`],
    ['a document end', `${service('a')}...\n---\n${service('b')}...\n`],
    ['a directive', `%YAML 1.1\n---\n${service('a')}`],
    ['separators all over', `---\n---\n# nothing\n---\n${service('a')}---\n\n---\n`],
    [
      'comments around',
      `# before\n\n---\n# Source: a.yaml\n${service('a')}\n# after\n--- # again\n${service('b')}# end\n`,
    ],
    ['only comments', '# there is nothing\n# in this chart\n'],
    ['only a comment after a separator', '---\n# Source: empty.yaml\n'],
    ['anchors and merge keys', `${service('a')}a: &a {b: 1}\nc:\n  <<: *a\nd: *a\n`],
    ['JSON', '{"apiVersion": "v1",\n\t"kind": "ConfigMap", "data": {"a":"b"}}'],
    [
      'block texts',
      'kind: ConfigMap\napiVersion: v1\ndata:\n  a: |+\n    ---\n    # b\n\n  c: >-\n    long\n    lines\n',
    ],
    ['a Deployment that asks for nothing', deployment('plain', [])],
  ])('leaves what does not concern it byte for byte: %s', async (_name, input) => {
    expect(await yamlOf(input, 0)).toBe(input)
  })

  it.each(['e2', '.5', '1e3', '0644', '1_000', '1.50', '12345678901234567890', '-0x1F', 'y', '~'])(
    'leaves the scalar %s of a changed document as it is written',
    async scalar => {
      const line = `        example.com/type: ${scalar} # as it is\n`
      const input = deployment('chat').replace('      containers:\n', `      nodeSelector:\n${line}$&`)
      const { status, stdout } = await runHere(['preview', '-', '-o', 'yaml'], { stdin: input })
      expect(status).toBe(0)
      expect(stdout).toContain('longhaul.dev/status')
      expect(stdout).toContain(`example.com/type: ${scalar} # as it is\n`)
    },
  )

  it('keeps the byte order mark of a document that it changes', async () => {
    const { stdout } = await runHere(['preview', '-', '-o', 'yaml'], { stdin: `\uFEFF${deployment('chat')}` })
    expect(stdout).toMatch(/^\uFEFFapiVersion.*longhaul\.dev\/status/s)
  })

  it('gives back every byte of what does not concern it as a process too', async () => {
    const input = `# Source: a\n${service('größe – 漢字 🚢')}---\n${service('b').trimEnd()}`
    const folder = await folderWith({ 'in.yaml': input })
    const { status, stdout } = await shell(
      `cat ${folder}/in.yaml | longhaul preview - -o yaml | cmp - ${folder}/in.yaml`,
    )
    expect([status, stdout]).toEqual([0, ''])
  })

  it('keeps order, separators and comments of what helm template prints', async () => {
    const before = `---\n# Source: chat/templates/service.yaml\n${service('chat')}`
    const concerned = `---\n# Source: chat/templates/deployment.yaml\n# Two lines.\n${deployment('chat')}`
    const empty = '---\n# Source: chat/templates/empty.yaml\n'
    const after = `---\n# Source: chat/templates/tests.yaml\n${service('test')}`
    const output = await yamlOf(before + concerned + empty + after, 1)
    expect(
      output.startsWith(`${before}---\n# Source: chat/templates/deployment.yaml\n# Two lines.\napiVersion`),
    ).toBe(true)
    expect(output.endsWith(empty + after)).toBe(true)
    expect(output).toContain('  replicas: 2 # two, for the demo\n')
  })

  it('changes no line of a concerned document, but adds some', async () => {
    const input = deployment('chat')
    const output = (await yamlOf(input, 1)).split('\n')
    let at = -1
    for (const line of input.split('\n').filter(each => each !== '')) {
      at = output.indexOf(line, at + 1)
      expect(at, `"${line}" is not in the output, or not in its order`).not.toBe(-1)
    }
  })

  it('keeps the comments of a concerned document, and lists at the indentation of their key', async () => {
    const input = `# head
apiVersion: apps/v1 # stable
kind: Deployment
metadata:
  name: chat
spec:
  template:
    metadata:
      annotations:
        # why we do this
        longhaul.dev/profile: websocket
    spec:
      # the containers
      containers:
      # the first
      - name: app # its name
        image: "a:1"
        env:
        # from the vault
        - {name: A, value: 'b'}   # aligned
        args: ["--on", 'yes', "0644"]
      volumes:
      - name: data
        secret: {secretName: s, defaultMode: 0440}
# foot
`
    const output = await yamlOf(input, 1)
    for (const comment of input.match(/#.*/g) ?? []) expect(output).toContain(comment)
    expect(output).toContain('      - name: app # its name\n        image: "a:1"\n')
    expect(output).toContain('defaultMode: 0440')
    expect(output).toContain(`args: ["--on", 'yes', "0644"]`)
  })

  it('changes the items of a List, and keeps the others', async () => {
    const item = (text: string) => `- ${text.trimEnd().replaceAll('\n', '\n  ')}\n`
    const input = `apiVersion: v1\nkind: List\nitems:\n${[service('a'), deployment('chat'), deployment('plain', []), service('b')].map(item).join('')}`
    const output = await yamlOf(input, 1)
    expect(output.match(/LD_PRELOAD/g)).toHaveLength(1)
    expect(output.match(/# kept as it is/g)).toHaveLength(2)
    expect(output).toContain('# two, for the demo')
  })

  it('gives JSON for JSON, since kubectl takes what begins with a brace for that', async () => {
    const [value] = valuesIn(deployment('chat'))
    for (const input of [JSON.stringify(value), `${JSON.stringify(value, null, 2)}\n`]) {
      const output = await yamlOf(input, 1)
      expect(JSON.parse(output)).toEqual(valuesIn(output)[0])
    }
  })

  it('reads CRLF in a concerned document and beside it', async () => {
    const input =
      `${service('a')}---\n# the Deployment\n${deployment('chat')}---\n${service('b')}`.replaceAll(
        '\n',
        '\r\n',
      )
    const output = await yamlOf(input, 1)
    expect(output.startsWith(service('a').replaceAll('\n', '\r\n'))).toBe(true)
    expect(output.endsWith(service('b').replaceAll('\n', '\r\n'))).toBe(true)
    expect(output).toContain('# the Deployment')
    expect(output).toMatch(/# two, for the demo\r?\n/)
  })

  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
  ])('keeps a block text in a concerned document (%s)', async (_name, lineEnd) => {
    const annotations = [
      'longhaul.dev/profile: http',
      'note: |',
      '  one',
      '',
      '    two',
      'folded: >-',
      '  a',
      '  b',
    ]
    await yamlOf(deployment('chat', annotations).replaceAll('\n', lineEnd), 1)
  })

  it('leaves a container alone that shares its environment with one that changes', async () => {
    const input = `apiVersion: apps/v1
kind: Deployment
metadata: { name: chat }
spec:
  template:
    metadata:
      annotations: { longhaul.dev/profile: websocket }
    spec:
      initContainers:
        - name: migrate
          env: &env
            - { name: A, value: b }
          volumeMounts: &mounts
            - { name: data, mountPath: /data }
      containers:
        - name: app
          env: *env
          volumeMounts: *mounts
        - name: istio-proxy
          env: *env
`
    const output = await yamlOf(input, 1)
    expect(output.match(/LD_PRELOAD/g)).toHaveLength(1)
  })

  it('leaves a container alone whose anchor is on the one that changes', async () => {
    const input = `apiVersion: apps/v1
kind: Deployment
metadata: { name: chat }
spec:
  template:
    metadata:
      annotations: &annotations { longhaul.dev/profile: websocket }
    spec:
      containers:
        - name: app
          env: &env
            - { name: A, value: b }
          resources: &resources { limits: { memory: 1Gi } }
        - name: istio-proxy
          env: *env
          resources: *resources
`
    await yamlOf(input, 1)
  })

  it('changes one item of a List without the other that shares its parts', async () => {
    const input = `apiVersion: v1
kind: List
items:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: { name: chat }
    spec:
      template:
        metadata: { annotations: { longhaul.dev/profile: websocket } }
        spec: &spec
          containers: [{ name: app, image: a }]
  - apiVersion: apps/v1
    kind: Deployment
    metadata: { name: plain }
    spec: { template: { spec: *spec } }
`
    await yamlOf(input, 1)
  })

  it('writes out what comes by a merge key and changes', async () => {
    const input = `apiVersion: apps/v1
kind: Deployment
metadata: { name: chat }
x-base: &base
  image: a
  env: &env [{ name: A, value: b }]
spec:
  template:
    metadata:
      annotations: { longhaul.dev/profile: websocket }
    spec:
      containers:
        - name: app
          <<: *base
        - <<: *base
          name: second
        - name: linkerd-proxy
          <<: *base
`
    await yamlOf(input, 1)
  })

  it('puts two files into one stream', async () => {
    const [a, b] = [service('a').trimEnd(), service('b')]
    const folder = await folderWith({ 'a.yaml': a, 'b.yaml': b, 'c.yaml': `# leading\n---\n${service('c')}` })
    const { stdout } = await longhaul(['preview', folder, '-o', 'yaml'])
    expect(stdout).toBe(`${a}\n---\n${b}# leading\n---\n${service('c')}`)
  })

  it('keeps a stream of JSON one, and makes one of YAML where there is both', async () => {
    const [a, b] = ['{"kind":"A"}', '{"kind":"B"}']
    const folder = await folderWith({ 'a.json': `${a}\n${b}`, 'b.json': a })
    const json = await longhaul(['preview', folder, '-o', 'yaml'])
    expect(json.stdout).toBe(`${a}\n${b}\n${a}`)
    const mixed = await folderWith({ 'a.json': `${a}\n${b}`, 'b.yaml': service('c') })
    const both = await longhaul(['preview', mixed, '-o', 'yaml'])
    expect(both.stdout).toBe(`---\n${a}\n---\n${b}\n---\n${service('c')}`)
  })

  it('changes nothing more when it reads its own output', async () => {
    const { stdout: once } = await runHere(['preview', '-', '-o', 'yaml'], { stdin: deployment('chat') })
    expect(await yamlOf(once, 0)).toBe(once)
  })
})

describe('what others wrote', () => {
  const evil = 'x\\e[2J\\a\\x9b1m\\u202e\\ny'
  const manifest = (name: string) => `apiVersion: v1
kind: Pod
metadata: {name: "p${name}", namespace: "n${name}", annotations: {longhaul.dev/profile: client, longhaul.dev/containers: "c${name}"}}
spec: {containers: [{name: "a${name}", image: x, env: [{name: "E${name}", value: "v${name}"}]}]}
---
apiVersion: "x/v${name}"
kind: "K${name}"
metadata: {name: "r${name}"}
spec: {template: {spec: {containers: []}}}
`
  const acts = /(?!\n)\p{Cc}|\p{Cf}|\p{Zl}/u

  it.each(['diff', 'summary'])('goes to the terminal without what a terminal acts upon: %s', async format => {
    const { stdout, stderr } = await runHere(['preview', '-', '-o', format], { stdin: manifest(evil) })
    expect(stdout).toContain('px?[2J??1m??y')
    expect(stdout).not.toMatch(acts)
    expect(stdout).not.toMatch(/^y/m)
    expect(stderr).toContain('Kx?[2J')
    expect(stderr).not.toMatch(acts)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  it('brings no colours of its own among ours', async () => {
    const { stdout } = await runHere(['preview', '-'], { stdin: manifest('\\e[31m'), isColoured: true })
    expect(stdout).toContain(`${csi}32m+`)
    expect(stdout).toContain('p?[31m')
    expect(stdout.replaceAll(csi, '')).not.toMatch(acts)
    expect(stdout).not.toContain(`${csi}31m[`)
  })

  it('is data in data', async () => {
    const { stdout } = await runHere(['preview', '-', '-o', 'json'], { stdin: manifest('\\e') })
    expect(JSON.parse(stdout)[0].name).toBe('p\u001b')
  })

  it('is data in YAML, but on a terminal', async () => {
    const source = `# \u202e\r\n${manifest('\u202e').replaceAll('\n', '\r\n')}`
    const piped = await runHere(['preview', '-', '-o', 'yaml'], { stdin: source })
    expect(piped.stdout).toContain('# \u202e\r\n')
    const stdout = Object.assign(new PassThrough(), { isTTY: true })
    await runHere(['preview', '-', '-o', 'yaml'], { stdin: source, stdout })
    stdout.end()
    expect(await text(stdout)).toBe(piped.stdout.replaceAll('\r\n', '\n').replaceAll('\u202e', '?'))
  })

  it('is harmless in messages, also in the names of files', async () => {
    const folder = await folderWith({
      'a\u001b[2J.yaml': 'a: [\u001b[2J\n',
      'b.yaml': '"\u009b": !!x\u202e : [',
    })
    const { status, stderr } = await runHere(['preview', folder])
    expect(status).toBe(2)
    expect(stderr).toContain('a?[2J.yaml')
    expect(stderr).not.toMatch(acts)
    const option = await runHere(['preview', '--\u001b[2J'])
    expect(option.stderr).not.toMatch(acts)
  })
})

it('ends with what check finds in the pods as they would be', async () => {
  const text = `${deployment('a', ['longhaul.dev/grace-period: "off"', 'longhaul.dev/pre-stop-sleep: 28s'])}---
${deployment('b', [])}`
  const { stdout } = await runHere(['preview', '-'], { stdin: text })
  expect(stdout).toMatch(
    /\n\nWhat longhaul check finds in the pods as they would be:\n {2}warning LH002 Deployment a: The preStop hook of container app takes 28 s of 30 s: 2 s are left after SIGTERM\.\n$/,
  )
})
