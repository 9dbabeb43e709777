import { diffArrays } from 'diff'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { readDocuments } from '../../src/manifests/documents.ts'
import { defaultConfig } from '../../src/policy/config.ts'
import { planDocuments } from '../../src/preview/plan.ts'
import { printYaml } from '../../src/preview/yaml.ts'
import { corpusFiles, corpusSkipReason } from '../corpus.ts'

function plan(source: string, labels: Record<string, string> = {}) {
  const documents = readDocuments(source, 'x.yaml')
  return planDocuments(documents, { namespace: 'default', namespaceLabels: labels, config: defaultConfig })
}

/** The output, checked to hold what the plan holds. */
function edited(source: string, labels: Record<string, string> = {}): string {
  const planned = plan(source, labels)
  const output = printYaml(planned)
  const again = plan(output, labels)
  expect(again.workloads.map(({ object }) => object)).toEqual(planned.workloads.map(({ changed }) => changed))
  return output
}

/** The lines that the output lacks, or has in another order. */
function linesGone(source: string, output: string): string[] {
  const [before, after] = [source.split('\n'), output.split('\n')]
  return diffArrays(before, after).flatMap(({ removed, value }) => (removed ? value : []))
}

/** Lines in which a change may be: flow collections, values that others take the place of. */
function isTouched(line: string): boolean {
  return /[{[]|value:|terminationGracePeriodSeconds/.test(line)
}

const deployment = (template: string) => `# Made by hand.
apiVersion: apps/v1
kind: Deployment # the kind
metadata:
  name: web
spec:
  # Three, for the quorum.
  replicas: 3
  template:
    metadata:
      annotations:
        longhaul.dev/profile: client
    spec:
${template}`

describe('a changed document', () => {
  it('keeps its comments, its strings and its order', () => {
    const source = deployment(`      # The containers.
      containers:
        # The only one.
        - name: web # here
          image: "web:1"
          args: ["--a", 'b', off-by-one]
          # Its environment.
          env:
            # The mode.
            - name: MODE
              value: "off"
            - name: MOTD
              value: |
                two
                lines
      # The end.
`)
    const output = edited(source)
    const kept = source.split('\n').filter(line => !output.split('\n').includes(line))
    expect(kept, 'lines that are gone').toEqual([])
    const order = [
      '# Made by hand.',
      '# Three',
      '# The containers.',
      '# The only one.',
      '# Its env',
      '# The mode.',
      'MOTD',
      'LD_PRELOAD',
    ]
    expect(order.map(each => output.indexOf(each))).toEqual(
      order.map(each => output.indexOf(each)).sort((a, b) => a - b),
    )
  })

  it('keeps the comments of what it replaces', () => {
    const source = deployment(`      terminationGracePeriodSeconds: 30 # never above 600
      containers:
        - name: web
          env: # none so far
          lifecycle: # to do
          volumeMounts: # none yet
`).replace('longhaul.dev/profile: client', 'longhaul.dev/inject: "true"')
    const output = edited(source)
    for (const comment of ['# never above 600', '# none so far', '# to do', '# none yet'])
      expect(output).toContain(comment)
  })

  it('changes the last of several equal keys, which is the one that counts', () => {
    const output = edited(
      deployment(`      containers:
        - name: web
          env: [{name: FIRST, value: a}]
          env: [{name: LAST, value: b}]
`),
    )
    expect(output).not.toContain('null')
    expect(output.indexOf('LD_PRELOAD')).toBeGreaterThan(output.indexOf('LAST'))
  })

  it('keeps line ends of both kinds', () => {
    const output = edited(deployment('      containers: [{name: web}]\n').replaceAll('\n', '\r\n'))
    expect(output.match(/[^\r]\n/)).toBeNull()
  })

  it('keeps lists at the indentation that they had', () => {
    const source = deployment(
      '      containers:\n      - name: web\n        image: web:1\n        args:\n        - a\n',
    )
    expect(edited(source)).toContain(
      '\n      containers:\n      - name: web\n        image: web:1\n        args:\n        - a\n',
    )
  })

  it('leaves every comment in its line, however deep the end of the document is', () => {
    const source = deployment(`      containers:
      - name: web
        image: web:1
        # of the container
      # of the list
      # - name: off
    # of the template's spec
  # of the spec
# of the file
`)
    expect(linesGone(source, edited(source))).toEqual([])
    const windows = source.replaceAll('\n', '\r\n')
    expect(edited(windows)).toBe(edited(source).replaceAll('\n', '\r\n'))
    const open = source.slice(0, -'\n# of the file\n'.length)
    expect(linesGone(open, edited(open))).toEqual([])
  })

  it('changes the entry that is changed, of several with one name', () => {
    const source = deployment(`      containers:
        - name: web
          env:
            - name: LD_PRELOAD
              value: /one.so # one
            - name: OTHER
              value: $(LD_PRELOAD)
            - name: LD_PRELOAD
              value: /two.so # two
`)
    const output = edited(source)
    expect(linesGone(source, output)).toHaveLength(1)
    expect(output).toMatch(/\/one\.so.* # one\n/)
    expect(output).toMatch(/\/two\.so.* # two\n/)
  })

  it('keeps all lines of documents in any layout', () => {
    const layout = fc.record({
      step: fc.constantFrom(0, 1, 2, 4),
      comments: fc.array(fc.nat(24), { maxLength: 8 }),
      blank: fc.boolean(),
      env: fc.constantFrom('', 'env:', 'env: # none', 'env: []', 'env: null', 'env: [{name: A, value: b}]'),
      args: fc.constantFrom(
        '',
        'args: ["a", \'b\']',
        'args: [\n  a, # c\n  b\n  ]',
        'args:\n- |+\n  x\n\n',
        'args:\n- >-\n  x\n  y',
      ),
      end: fc.constantFrom('', '\n', '\n\n', '\n...\n'),
      lineEnd: fc.constantFrom('\n', '\r\n'),
    })
    fc.assert(
      fc.property(layout, ({ step, comments, blank, env, args, end, lineEnd }) => {
        const fields = ['name: web', env, args]
          .filter(each => each !== '')
          .join('\n')
          .split('\n')
        const list = fields.map((line, index) => `${' '.repeat(6 + step)}${index === 0 ? '- ' : '  '}${line}`)
        const tail = comments.map(depth => `${' '.repeat(depth)}# depth ${depth}`)
        const text = [...list, ...(blank ? [''] : []), ...tail].join('\n')
        const source = (deployment(`      containers:\n${text}`) + end).replaceAll('\n', lineEnd)
        const gone = linesGone(source, edited(source))
        expect(
          gone.filter(line => !/env:|^$/.test(line.trim()) && line !== source.split('\n').at(-1)),
        ).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it.each(['\n', '\r\n'])(
    'keeps quoted lines where they stand, also left of what they belong to (%j)',
    end => {
      const source = deployment(`      containers:
        - name: web
          args: ["
      echo 'one';
        echo two

  echo three
          ", 'four
  five', "six
  seven"]
          command: ["
      echo 'one';
          "]
---
a: ["
b"]
`).replaceAll('\n', end)
      const output = edited(source)
      expect(output).toContain('longhaul-init')
      expect(linesGone(source, output)).toEqual([])
    },
  )

  it('puts the init container first, and leaves the comments of the others at them', () => {
    const source = deployment(`      initContainers:
        - name: one # the first
          image: one:1
        # Before the second.
        - name: two
          image: two:1
      containers:
        - name: web
`)
    const output = edited(source)
    expect(output.indexOf('longhaul-init')).toBeLessThan(output.indexOf('name: one # the first'))
    expect(output).toContain('        # Before the second.\n        - name: two\n')
  })

  it('writes out what stands behind aliases and merge keys, since a change would show at each of them', () => {
    const source = `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Pod
    metadata:
      name: a
    spec: &spec
      volumes: &volumes
        - name: data
          emptyDir: {}
      containers:
        - &container
          name: app
          image: app:1
          env: &env
            - name: A
              value: "1"
  - apiVersion: v1
    kind: Pod
    metadata:
      name: b
      annotations:
        longhaul.dev/profile: client
    spec: *spec
  - apiVersion: v1
    kind: Pod
    metadata:
      name: c
      annotations:
        longhaul.dev/profile: client
    spec:
      volumes: *volumes
      containers:
        - <<: *container
          name: other
        - *container
`
    // What each of them is to hold has been checked; the anchor that others stand for has changed.
    expect(edited(source)).not.toContain('*spec')
  })

  it.each([
    ['minified', undefined],
    ['indented by spaces', 2],
    ['indented by tabs', '\t'],
  ])('keeps numbers, keys and lines of JSON that is %s', (_, indent) => {
    const pod = {
      spec: {
        7: 1,
        overhead: { cpu: 'ONE' },
        containers: [{ image: 'x', name: 'a', args: [] }],
        extra: 'BIG',
      },
      metadata: { annotations: { 'longhaul.dev/inject': 'true' }, name: 'a' },
      kind: 'Pod',
      apiVersion: 'v1',
    }
    const source = JSON.stringify(pod, null, indent)
      .replace('"ONE"', '1.0')
      .replace('"BIG"', '18446744073709551615')
    const output = edited(source)
    expect(() => JSON.parse(output)).not.toThrow()
    for (const kept of ['1.0', '18446744073709551615', 'x']) expect(output).toContain(kept)
    const withoutCommas = (text: string) => text.replaceAll(/,$/gm, '')
    if (indent === undefined) expect(output).not.toMatch(/": /)
    else expect(linesGone(withoutCommas(source), withoutCommas(output))).toEqual([])
    expect(edited(`${source}\n${source}`).split(output)).toHaveLength(3)
  })

  it('stays JSON where it was JSON', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', annotations: { 'longhaul.dev/inject': 'true' } },
      spec: { containers: [{ name: 'a' }] },
    }
    expect(() => JSON.parse(edited(JSON.stringify(pod, null, 2)))).not.toThrow()
    expect(() => JSON.parse(edited(JSON.stringify(pod)))).not.toThrow()
  })
})

describe('all other documents', () => {
  it('stay as they are, in their order', () => {
    const before =
      '# license\n---\n# Source: a.yaml\napiVersion: v1\nkind:   ConfigMap\ndata: {a:   "b"}\n# end\n'
    const after = '---\n# Source: c.yaml\nkind: Service\napiVersion: v1\nspec: {ports: [ {port: 080} ]}'
    const output = edited(`${before}---\n${deployment('      containers: [{name: web}]\n')}${after}`)
    expect(output.startsWith(before)).toBe(true)
    expect(output.endsWith(after)).toBe(true)
  })

  it('stay as they are in the corpus, and what changes has the values of the plan', context => {
    if (corpusSkipReason !== undefined) context.skip(corpusSkipReason)
    for (const { text } of corpusFiles()) {
      expect(edited(text)).toBe(text)
      const output = edited(text, { 'longhaul.dev/inject': 'true', 'longhaul.dev/profile': 'websocket' })
      const comments = (source: string) =>
        source
          .split('\n')
          .filter(line => /^\s*#/.test(line))
          .map(line => line.trim())
      expect(comments(output).sort()).toEqual(comments(text).sort())
      expect(linesGone(text, output).filter(line => !isTouched(line))).toEqual([])
      expect(parseAllDocuments(output).length).toBe(parseAllDocuments(text).length)
    }
  })
})
