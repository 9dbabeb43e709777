/** Changes at places of a text: what comes out, to the character. What can't be done there is done by other means. */

import { expect, it } from 'vitest'
import { readDocuments } from '../../src/manifests/documents.ts'
import { editText } from '../../src/manifests/edit-text.ts'

type Fields = Record<string, unknown>

/** The text with what `change` makes of its value; both share the rest. */
function edited(text: string, change: (value: never) => unknown): string | undefined {
  const value = readDocuments(text, 'x')[0]?.value
  return editText(text, value, change(value as never))
}

const adding = (more: Fields) => (value: Fields) => ({ ...value, ...more })
const inA = (change: (value: never) => unknown) => (value: Fields) => ({
  ...value,
  a: change(value['a'] as never),
})
const last = (item: unknown) => (list: unknown[]) => [...list, item]
const first = (item: unknown) => (list: unknown[]) => [item, ...list]

it.each([
  ['null by two lines', 'a: null\nb: 1\n', adding({ a: 'x\nz' }), 'a: "x\\nz"\nb: 1\n'],
  ['an empty list in a line of its own', 'a:\n  []\nb: 1\n', adding({ a: [1] }), 'a:\n  \n  - 1\nb: 1\n'],
  ['a scalar', 'a: 1 # one\nb: 2\n', adding({ a: 3 }), 'a: 3 # one\nb: 2\n'],
  ['a block scalar', 'a: |\n  x\n\nb: 2\n', adding({ a: 'z' }), 'a: z\n\nb: 2\n'],
  ['a scalar by two lines', 'a: x\nb: 2\n', adding({ a: 'y\nz' }), 'a: "y\\nz"\nb: 2\n'],
  ['the last of equal keys', 'a: 1\na: 2\n', adding({ a: 3 }), 'a: 1\na: 3\n'],
  ['a key that is a number', '1: x\n', adding({ 1: 'z' }), '1: z\n'],
  ['nothing by a scalar', 'b: {a: , c: 1}\n', ({ b }: { b: Fields }) => ({ b: { ...b, a: 5 } }), undefined],
  ['nothing by a map', 'a: # none\nb: 1\n', adding({ a: { c: 1 } }), 'a: # none\n  c: 1\nb: 1\n'],
  ['null by a list', 'a: null # none\nb: 1\n', adding({ a: [1] }), 'a:  # none\n  - 1\nb: 1\n'],
  [
    'an empty list',
    'a: []\nb: 1\n',
    adding({ a: [{ c: 1, d: 'x\ny' }] }),
    'a: \n  - c: 1\n    d: |-\n      x\n      y\nb: 1\n',
  ],
  [
    'nothing by lines',
    'x:\n  a:\n',
    ({ x }: { x: Fields }) => ({ x: { ...x, a: ['y\n\nz'] } }),
    'x:\n  a:\n    - |-\n      y\n\n      z\n',
  ],
  ['an empty list in a flow', '{a: [], b: 1}\n', adding({ a: ['x'] }), '{a: [x], b: 1}\n'],
  ['an alias', 'x: &x {w: 1}\na: *x # c\n', inA(adding({ z: 1 })), 'x: &x {w: 1}\na: {w: 1, z: 1} # c\n'],
  ['an empty item', '- {}\n- 2\n', ([, b]: unknown[]) => [{ a: 1 }, b], '- {a: 1}\n- 2\n'],
])('replaces %s', (_, text, change, result) => {
  expect(edited(text, change)).toBe(result)
})

it.each([
  [
    'behind its comments',
    'a:\n  b: 1\n  # more\n    # deep\n# end\n',
    inA(adding({ c: 2 })),
    'a:\n  b: 1\n  # more\n    # deep\n  c: 2\n# end\n',
  ],
  ['at the end of a text without a line end', 'a:\n  b: 1', inA(adding({ c: 2 })), 'a:\n  b: 1\n  c: 2'],
  [
    'behind a comment without a line end',
    'a:\n  b: 1\n  # c',
    inA(adding({ c: 2 })),
    'a:\n  b: 1\n  # c\n  c: 2',
  ],
  [
    'behind a block scalar',
    'a:\n  b: |\n    x\nc: 1\n',
    inA(adding({ d: 2 })),
    'a:\n  b: |\n    x\n  d: 2\nc: 1\n',
  ],
  ['behind a key without a value', 'a:\n  b:\nc: 1\n', inA(adding({ d: 2 })), 'a:\n  b:\n  d: 2\nc: 1\n'],
  [
    'behind nested lists',
    'a:\n  b:\n  - c: [1,\n      2]\nd: 1\n',
    inA(adding({ e: 2 })),
    'a:\n  b:\n  - c: [1,\n      2]\n  e: 2\nd: 1\n',
  ],
  [
    'behind an alias',
    'x: &x {w: 1}\na:\n  b: *x\nc: 1\n',
    inA(adding({ d: 2 })),
    'x: &x {w: 1}\na:\n  b: *x\n  d: 2\nc: 1\n',
  ],
  [
    'behind lists and comments',
    'a:\n  b:\n    - c # d\n    # e\n\n  # f\ng: 1\n',
    inA(adding({ h: 2 })),
    'a:\n  b:\n    - c # d\n    # e\n  h: 2\n\n  # f\ng: 1\n',
  ],
  ['with a byte order mark before', '\uFEFFa: 1\n', adding({ b: 2 }), '\uFEFFa: 1\nb: 2\n'],
  ['in CRLF', 'a:\r\n  b: 1\r\n', inA(adding({ c: ['d'] })), 'a:\r\n  b: 1\r\n  c:\r\n    - d\r\n'],
  [
    'in a flow',
    'a: {b: 1} # c\n',
    inA(adding({ c: [1], d: { e: 'x y' } })),
    'a: {b: 1, c: [1], d: {e: x y}} # c\n',
  ],
  ['behind a key alone in a flow', 'a: {b}\n', inA(adding({ c: 2 })), 'a: {b, c: 2}\n'],
  ['in a padded flow', 'a: { b: 1 }\n', inA(adding({ c: [1], d: {} })), 'a: { b: 1, c: [ 1 ], d: {} }\n'],
  ['in a flow of lines', 'a: {\n  b: 1\n}\n', inA(adding({ c: 2 })), 'a: {\n  b: 1,\n  c: 2\n}\n'],
  [
    'in a flow of lines in CRLF',
    'a: {\r\n  b: 1\r\n}\r\n',
    inA(adding({ c: 2 })),
    'a: {\r\n  b: 1,\r\n  c: 2\r\n}\r\n',
  ],
  [
    'whose lines are empty',
    'a:\n  b: 1\n',
    inA(adding({ c: 'x\n\ny' })),
    'a:\n  b: 1\n  c: |-\n    x\n\n    y\n',
  ],
  ['of names that every object has', 'a: 1\n', adding({ toString: 'x' }), 'a: 1\ntoString: x\n'],
])('adds fields %s', (_, text, change, result) => {
  expect(edited(text, change)).toBe(result)
})

it.each([
  ['last', 'a:\n- b\n# c\nd: 1\n', inA(last('e')), 'a:\n- b\n# c\n- e\nd: 1\n'],
  [
    'last, with a line',
    'a:\n  - b # c\n  # d\n',
    inA(last({ e: 1, f: 2 })),
    'a:\n  - b # c\n  # d\n  - e: 1\n    f: 2\n',
  ],
  ['first', 'a: # b\n  # c\n  - d\n', inA(first('e')), 'a: # b\n  - e\n  # c\n  - d\n'],
  ['at both ends', 'a:\n  - b\n', inA((list: unknown[]) => ['x', ...list, 'z']), 'a:\n  - x\n  - b\n  - z\n'],
  [
    'between',
    'a:\n  - b\n  # c\n  - d\n',
    inA(([b, d]: unknown[]) => [b, 'x', d]),
    'a:\n  - b\n  - x\n  # c\n  - d\n',
  ],
  [
    'beside one that changes',
    'a:\n  - name: b\n  - name: c\n',
    inA(([b, c]: [Fields, unknown]) => [{ name: 'x' }, { ...b, d: 1 }, c]),
    'a:\n  - name: x\n  - name: b\n    d: 1\n  - name: c\n',
  ],
  ['first in a flow', 'a: [b, c] # d\n', inA(first('e')), 'a: [e, b, c] # d\n'],
  ['beside quoted ones', 'a:\n  - "b"\n', inA(last('c')), 'a:\n  - "b"\n  - c\n'],
  ['before a list in the line of an explicit key', '? a\n: - b\n', inA(first('c')), undefined],
  ['last in a flow', 'a: [b, c]\n', inA(last('d')), 'a: [b, c, d]\n'],
  [
    'in a flow of lines',
    'a: [\n  b,\n  c\n]\n',
    inA((list: unknown[]) => ['x', ...list, 'z']),
    'a: [\n  x,\n  b,\n  c,\n  z\n]\n',
  ],
  [
    'first in a list that begins in the line of another',
    '- - a\n',
    ([list]: unknown[][]) => [['x', ...(list ?? [])]],
    undefined,
  ],
  ['first in the document', '- a\n', first('x'), undefined],
])('adds items %s', (_, text, change, result) => {
  expect(edited(text, change)).toBe(result)
})

it.each([
  ['minified', '{"a":[],"b":{"c":1}}', '{"a":[{"x":[1,"y z"]}],"b":{"c":1,"d":{"e":2}}}'],
  ['in one line', '{"a": [], "b": {"c": 1}}\n', '{"a": [{"x": [1, "y z"]}], "b": {"c": 1, "d": {"e": 2}}}\n'],
  [
    'in lines',
    '{\n  "a": [],\n  "b": {\n    "c": 1\n  }\n}\n',
    '{\n  "a": [\n    {\n      "x": [\n        1,\n        "y z"\n      ]\n    }\n  ],\n  "b": {\n    "c": 1,\n    "d": {\n      "e": 2\n    }\n  }\n}\n',
  ],
])('keeps the style of JSON %s', (_, text, result) => {
  const change = ({ b }: { b: Fields }) => ({ a: [{ x: [1, 'y z'] }], b: { ...b, d: { e: 2 } } })
  expect(edited(text, change)).toBe(result)
  expect(edited(text.replaceAll('\n', '\r\n'), change)).toBe(result.replaceAll('\n', '\r\n'))
})

it.each([
  ['is taken away', 'a: 1\nb: 2\n', ({ a }: Fields) => ({ a })],
  ['holds the anchor of another', 'a: [&y 1]\nb: *y\n', adding({ a: 5 })],
  ['is added behind an explicit key', 'a:\n  ? b\nc: 1\n', inA(adding({ d: 2 }))],
  ['is added behind an explicit key with a list', 'a:\n  ? b\n  : - c\n', inA(adding({ d: 2 }))],
  ['is taken out of a list', '- 1\n- 2\n', ([a]: unknown[]) => [a]],
  ['is changed at its anchor', 'a: &x {w: 1}\nb: *x\n', inA(adding({ z: 1 }))],
])('does nothing where something %s', (_, text, change) => {
  expect(edited(text, change)).toBeUndefined()
})
