import { describe, expect, it } from 'vitest'
import { readDocuments } from '../../src/manifests/documents.ts'
import { InputError } from '../../src/manifests/input-error.ts'
import { corpusFiles, corpusSkipReason } from '../corpus.ts'

function texts(source: string): string[] {
  return readDocuments(source, 'x.yaml').map(({ text }) => text)
}

describe('the text of documents', () => {
  it.each([
    ['one', 'a: 1\n'],
    ['no line end', 'a: 1'],
    ['several', 'a: 1\n---\nb: 2\n---\n# only a comment\n---\nc: 3'],
    ['a license before the first', '# Copyright\n\n# More\n---\na: 1\n---\nb: 2\n'],
    ['helm', '---\n# Source: chart/a.yaml\na: 1\n---\n# Source: chart/b.yaml\nb: 2\n'],
    ['comments after a document', 'a: 1\n# end of a\n\n---\nb: 2\n# end of b\n'],
    ['a document end', 'a: 1\n...\n---\nb: 2\n...\n'],
    ['carriage returns', 'a: 1\r\n---\r\nb: 2\r\n'],
    ['separators inside a block', 'a: |\n  ---\n  b\n---\nc: 1\n'],
    ['json', '{"a": [1, 2]}\n'],
    ['empty documents', '---\n---\n---\na: 1\n'],
    ['a directive', '%YAML 1.1\n---\na: 1\n'],
  ])('gives the source back: %s', (_, source) => {
    expect(texts(source).join('')).toBe(source)
  })

  it('gives every file of the corpus back', context => {
    if (corpusSkipReason !== undefined) context.skip(corpusSkipReason)
    for (const { file, text } of corpusFiles()) {
      expect(
        readDocuments(text, file)
          .map(each => each.text)
          .join(''),
      ).toBe(text)
    }
  })
})

it('counts documents and lines from 1', () => {
  const documents = readDocuments('# c\n---\na: 1\n---\nb: 2\n', 'x.yaml')
  expect(documents.map(({ number, line }) => [number, line])).toEqual([
    [1, 2],
    [2, 4],
  ])
})

it.each([
  ['off', false],
  ['yes', true],
  ['"off"', 'off'],
  ['0644', 420],
  ['1:30', '1:30'],
  ['2026-11-20', '2026-11-20'],
  ['1e3', 1000],
  ['~', null],
  ['12345', 12_345],
  // Machine types, and names.
  ['e2', 'e2'],
  ['E5', 'E5'],
  ['.e5', '.e5'],
  ['+e1', '+e1'],
  ['1e400', '1e400'],
  ['0x', '0x'],
  ['0o17', 15],
  ['-0b11', -3],
  ['08', 8],
  ['1_000.5', 1000.5],
])('reads %s as kubectl does', (written, value) => {
  expect(readDocuments(`a: ${written}`, 'x')[0]?.value).toEqual({ a: value })
})

it('takes merge keys and double keys', () => {
  const [document] = readDocuments('base: &b {a: 1, b: 2}\nmerged: {<<: *b, b: 3}\nk: 1\nk: 2\n', 'x')
  expect(document?.value).toMatchObject({ merged: { a: 1, b: 3 }, k: 2 })
})

it('names file, line, column and document of every mistake', () => {
  const source = 'a: 1\n---\nb: [1\n---\nc: {"x": 1\n'
  expect(() => readDocuments(source, 'x.yaml')).toThrow(InputError)
  expect(() => readDocuments(source, 'x.yaml')).toThrow(
    /x\.yaml:4:1: document 2 is not valid YAML: .*\nx\.yaml:6:1: document 3 is not valid YAML: /,
  )
})

it('refuses an alias inside of what it stands for', () => {
  expect(() => readDocuments('a: 1\n---\nspec: &s {x: [*s]}\n', 'x.yaml')).toThrow(
    new InputError('x.yaml: document 2: the alias *s stands inside of what it stands for'),
  )
})

it.each([
  ['a map', 'a: 1\n---\nname: {{a: b}: c}\n', 'x.yaml:3:8: document 2: ', true],
  ['a list', '? [a]\n: 1\n', 'x.yaml:1:3: document 1: ', false],
  ['an alias of a map', 'a: &m {b: 1}\nc:\n  *m : 1\n', 'x.yaml:3:3: document 1: ', false],
  ['an expression of Helm', 'kind: Pod\nname: {{ .Release.Name }}\n', 'x.yaml:2:8: document 1: ', true],
])('refuses %s for a key', (_, source, place, isLikeTemplate) => {
  const hint = '; this looks like a Helm template: render it first, for example with helm template'
  const message = `${place}a key of a map can't be a map, a list or null${isLikeTemplate ? hint : ''}`
  expect(() => readDocuments(source, 'x.yaml')).toThrow(new InputError(message))
})

it.each(['~: 1\n', ': 1\n', '? null\n: 1\n'])('refuses null for a key: %j', source => {
  expect(() => readDocuments(source, 'x.yaml')).toThrow(/^x\.yaml:1:\d: document 1: a key of a map can't be/)
})

it.each([
  ['a NUL', 'a: 1\nb: c\0\n', 'x.yaml:2:5: the control character U+0000 is not allowed, as in a file'],
  ['an escape', '# \u001b[2J\n', 'x.yaml:1:3: the control character U+001B is not allowed'],
  ['a C1 control', 'a: 1\r\n\r\nb: "\u0090"\r\n', 'x.yaml:3:5: the control character U+0090 is not allowed'],
  ['half a character', 'a: "\ud800"\n', 'x.yaml:1:5: the control character U+D800 is not allowed'],
  [
    'a second byte order mark',
    '\uFEFFa: 1\n---\n\uFEFFb: 2\n',
    'x.yaml:3:1: a byte order mark stands inside',
  ],
  ['old line ends', 'a: 1\rb: 2\r', 'x.yaml:1:5: a carriage return stands alone'],
  ['one old line end', 'a: 1\n# b\r# c\n', 'x.yaml:2:4: a carriage return stands alone'],
])('refuses %s, which kubectl does not read or reads otherwise', (_, source, message) => {
  expect(() => readDocuments(source, 'x.yaml')).toThrow(message)
})

it('takes all characters in JSON that are allowed there', () => {
  const source = '{\r"a":\r"\u0090\uFEFF"}'
  expect(readDocuments(`${source}\n${source}`, 'x.json')[1]?.value).toEqual({ a: '\u0090\uFEFF' })
  expect(readDocuments('{"a": "\u0090\u007f"}', 'x.json')[0]?.value).toEqual({ a: '\u0090\u007f' })
})

it.each([
  ['!!binary aMO8bmRlbA==', 'hündel'],
  ['!!binary |\n  aGVs\n  bG8=\n', 'hello'],
  ['!!set {b, c}', { b: null, c: null }],
  ['!!omap [b: 1]', [{ b: 1 }]],
  ['!!timestamp 2026-11-20', '2026-11-20'],
  ['!unknown b', 'b'],
])('reads what is tagged as kubectl does: %j', (written, value) => {
  expect(readDocuments(`a: ${written}`, 'x')[0]?.value).toEqual({ a: value })
})

it('refuses base64 that is none, and versions that kubectl does not read', () => {
  expect(() => readDocuments('a: !!binary b=c', 'x')).toThrow('x:1:4: document 1 is not valid YAML: !!binary')
  expect(() => readDocuments('a: 1\n...\n%YAML 1.2\n---\nb: no\n', 'x')).toThrow(
    'x: document 2: kubectl reads',
  )
  expect(readDocuments('%YAML 1.1\n---\na: no\n', 'x')[0]?.value).toEqual({ a: false })
})

it.each([
  ['lists in YAML', (depth: number) => `a: ${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}`],
  ['lists in JSON', (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}{}`],
  ['maps', (depth: number) => Array.from({ length: depth }, (_, at) => `${' '.repeat(at)}a:\n`).join('')],
])('reads 200 levels of %s, and refuses more', (_, source) => {
  expect(readDocuments(source(200), 'x')).not.toEqual([])
  for (const depth of [201, 2000]) {
    expect(() => readDocuments(source(depth), 'x')).toThrow(
      /^x(:\d+)*: document 1: it is nested too deeply: 200 levels are the most$/,
    )
  }
})

it('counts the levels that aliases make', () => {
  const steps = Array.from({ length: 40 }, (_, at) => `l${at + 1}: &l${at + 1} [[[[[[*l${at}]]]]]]`)
  expect(() => readDocuments(`l0: &l0 []\n${steps.join('\n')}\n`, 'x')).toThrow(
    'x: document 1: it is nested too deeply',
  )
})

it('tells a template also where it is no YAML', () => {
  expect(() => readDocuments('a: 1\n---\n{{- if .Values.a }}\nb: c\n{{- end }}\n', 'x.yaml')).toThrow(
    /^x\.yaml:\d+:\d+: document 2 is not valid YAML: .*; this looks like a Helm template: /,
  )
})

it('refuses documents with mistakes of their values all at once', () => {
  expect(() => readDocuments('{[a]: 1}\n---\nb: &s {x: [*s]}\n---\n? {}\n', 'x.yaml')).toThrow(
    /^x\.yaml:1:2: document 1: .*\nx\.yaml: document 2: the alias .*\nx\.yaml:5:3: document 3: .*$/,
  )
})

it('reports one mistake of a document, not all that follows from it', () => {
  expect(() => readDocuments('{"a": 1}\n{"b": 2,}\n{"c": 3}\n', 'x.json')).toThrow(/^.*$/)
})

describe('JSON objects one behind the other', () => {
  it.each([
    ['on lines of their own', '{"a": "}{\\""}\n{"b": [{}]}\n', [{ a: '}{"' }, { b: [{}] }], [1, 2]],
    ['a byte order mark', '\uFEFF{"a":1}{"b":2}', [{ a: 1 }, { b: 2 }], [1, 1]],
    ['at once', ' {}{"b":1}{}', [{}, { b: 1 }, {}], [1, 1, 1]],
    ['as jq prints them', '{\n  "a": 1\n}\n\n{\n  "b": 2\n}\n', [{ a: 1 }, { b: 2 }], [1, 5]],
  ])('are documents: %s', (_, source, values, lines) => {
    const documents = readDocuments(source, 'x.json')
    expect(documents.map(({ value }) => value)).toEqual(values)
    expect(documents.map(({ line, number }) => [line, number])).toEqual(
      lines.map((line, at) => [line, at + 1]),
    )
    expect(texts(source).join('')).toBe(source)
  })

  it.each(['{"a": 1}\n', '{a: 1}\n', '{"a": 1} # {}\n', '{"a": "{"}'])('are none: %j', source => {
    expect(readDocuments(source, 'x.json')).toMatchObject([{ value: { a: expect.anything() } }])
  })
})

it('refuses aliases that grow without bound', () => {
  const levels = Array.from(
    { length: 12 },
    (_, n) => `l${n + 1}: &l${n + 1} [${Array(12).fill(`*l${n}`).join(', ')}]`,
  )
  expect(() => readDocuments(`l0: &l0 x\n${levels.join('\n')}\n`, 'x.yaml')).toThrow(
    /x\.yaml: document 1: Excessive alias count/,
  )
})

describe('lines that stand left of the quotes or brackets that they belong to', () => {
  const source = `a: 1
---
b:
  c:
  - args: ["one
  two
      three
  ", 'it''s
 four', five]
  d: "six

  seven"
---
e: 2
`

  it('are read as kubectl reads them, and stay as they are', () => {
    const documents = readDocuments(source, 'x.yaml')
    expect(documents.map(({ value }) => value)).toEqual([
      { a: 1 },
      { b: { c: [{ args: ['one two three ', "it's four", 'five'] }], d: 'six\nseven' } },
      { e: 2 },
    ])
    expect(documents.map(({ line }) => line)).toEqual([1, 2, 13])
    expect(texts(source).join('')).toBe(source)
  })

  it.each([
    ['a:\n  - {b: [c,\nd], # it\'s ]\n e: "}"}\n  - f\n', { a: [{ b: ['c', 'd'], e: '}' }, 'f'] }],
    ['a:\n  b: {c: "d\n\n e",\nf: [g,\n\th]}\n', { a: { b: { c: 'd\ne', f: ['g', 'h'] } } }],
  ])('are read in flow collections, too: %j', (text, value) => {
    expect(readDocuments(text, 'x.yaml')).toMatchObject([{ value, text }])
  })

  it.each([
    ['a:\n  - {b: c\nd: e\n', 'must be sufficiently indented and end with a }'],
    ['a: ["one\n---\nb: two"]\n', 'x.yaml:1:9: document 1 is not valid YAML: Missing closing "quote'],
    ['a: "one\n\nb: two\n', 'is not valid YAML: Missing closing "quote'],
  ])('are not taken for a quote that is missing: %j', (text, message) => {
    expect(() => readDocuments(text, 'x.yaml')).toThrow(message)
  })
})
