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
  const message = `${place}a key of a map can't be a map or a list${isLikeTemplate ? hint : ''}`
  expect(() => readDocuments(source, 'x.yaml')).toThrow(new InputError(message))
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

describe('quoted lines that stand left of what they belong to', () => {
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
    ['a: ["one\n---\nb: two"]\n', 'x.yaml:1:9: document 1 is not valid YAML: Missing closing "quote'],
    ['a: "one\n\nb: two\n', 'is not valid YAML: Missing closing "quote'],
  ])('are not taken for a quote that is missing: %j', (text, message) => {
    expect(() => readDocuments(text, 'x.yaml')).toThrow(message)
  })
})
