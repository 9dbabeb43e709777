/** Writing a changed value into the text of its document, so that only the lines that change, change. */

import { isDeepStrictEqual } from 'node:util'
import {
  isCollection,
  isMap,
  isSeq,
  type Pair,
  parseDocument,
  Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { styleOf } from './edit.ts'
import { parseObject } from './json-stream.ts'
import { matchItems } from './match-items.ts'
import { contentEnd, extent, NoPlaceError, SourceText } from './source-text.ts'
import { withItemKinds } from './typed-lists.ts'
import { documentValue, parseOptions } from './yaml-reading.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * The text with `before` changed to `after`, which share the branches in which they do not differ. Undefined where
 * that can't be done at places of the text: where aliases stand for what changes, or where something is taken
 * away. What it gives was read again, and is `after`.
 */
export function editText(text: string, before: unknown, after: unknown): string | undefined {
  const isJson = readJson(text) !== undefined
  try {
    const source = new SourceText(text, isJson, styleOf(text))
    editNode(source, parseDocument(text, parseOptions).contents, before, after)
    const edited = source.changed()
    const again = isJson ? readJson(edited) : readYaml(edited)
    return isDeepStrictEqual(plain(withItemKinds(again)), plain(after)) ? edited : undefined
  } catch (error) {
    if (error instanceof NoPlaceError || error instanceof ReferenceError) return undefined
    throw error
  }
}

function readJson(text: string): unknown {
  try {
    return parseObject(text)
  } catch {
    return undefined
  }
}

/** Undefined where it is not valid: the library has a value all the same. */
function readYaml(text: string): unknown {
  const document = parseDocument(text, parseOptions)
  return document.errors.length === 0 ? documentValue(document) : undefined
}

/** As JSON has it: without fields that are undefined. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null))
}

/** `keyEnd` is where the key ends whose value the node is. */
function editNode(source: SourceText, node: unknown, before: unknown, after: unknown, keyEnd?: number): void {
  if (isCollection(node) && node.items.length > 0) {
    if (isMap(node) && isFields(before) && isFields(after)) {
      editMap(source, node, before, after)
      return
    }
    if (isSeq(node) && Array.isArray(before) && Array.isArray(after)) {
      editSeq(source, node, before, after, keyEnd)
      return
    }
  }
  const { from, to } = extent(node)
  if (from === to) throw new NoPlaceError('nothing to replace')
  const end = source.text[to - 1] === '\n' ? source.text.slice(0, to).trimEnd().length : to
  source.replace(from, end, source.inline(after, from))
}

function editMap(source: SourceText, map: YAMLMap, before: Fields, after: Fields): void {
  const added: [string, unknown][] = []
  for (const [key, value] of Object.entries(after)) {
    const old = before[key]
    if (value === old) continue
    const pair = ownPair(map, key)
    if (pair === undefined) added.push([key, value])
    else editPair(source, map, pair, key, old, value)
  }
  if (added.length === 0) return
  const to = contentEnd(map.items.at(-1))
  if (map.flow === true) {
    const at = extent(keyOf(map.items[0])).from
    const separator = source.separator(at)
    const colon = source.isMinified ? ':' : ': '
    const texts = added.map(([key, value]) => source.inline(key, at) + colon + source.inline(value, at))
    source.replace(to, to, texts.map(each => separator + each).join(''))
  } else {
    const indent = source.column(extent(keyOf(map.items[0])).from)
    const at = source.behindComments(source.lineAfter(to), indent)
    source.insertLines(at, source.blockLines(Object.fromEntries(added), indent))
  }
}

function editPair(
  source: SourceText,
  map: YAMLMap,
  pair: Pair,
  key: string,
  before: unknown,
  after: unknown,
): void {
  const isEmpty = before == null || (isCollection(pair.value) && pair.value.items.length === 0)
  const lines = map.flow === true || !isEmpty ? [] : source.blockLines({ [key]: after }, 0)
  // Else it is a scalar, or an empty collection.
  if (!/:$/.test(lines[0] ?? '')) {
    editNode(source, pair.value, before, after, extent(pair.key).to)
    return
  }
  const { from, to } = extent(pair.value)
  const indent = source.column(extent(pair.key).from)
  source.replace(from, to, '')
  source.insertLines(
    source.lineAfter(to),
    lines.slice(1).map(line => (line === '' ? '' : ' '.repeat(indent) + line)),
  )
}

function editSeq(
  source: SourceText,
  seq: YAMLSeq,
  before: readonly unknown[],
  after: readonly unknown[],
  keyEnd: number | undefined,
): void {
  const matches = matchItems(before, after)
  let next = 0
  let added: unknown[] = []
  for (const [index, value] of after.entries()) {
    if (matches[index] === undefined) {
      added.push(value)
      continue
    }
    insertItems(source, seq, next, added, keyEnd)
    added = []
    if (value !== before[next]) editNode(source, seq.items[next], before[next], value)
    next++
  }
  insertItems(source, seq, next, added, keyEnd)
}

/** Before the item that is at an index now. */
function insertItems(
  source: SourceText,
  seq: YAMLSeq,
  index: number,
  values: readonly unknown[],
  keyEnd: number | undefined,
): void {
  if (values.length === 0) return
  if (seq.flow === true) {
    insertInFlow(source, seq, index, values)
    return
  }
  const start = extent(seq).from
  const indent = source.column(start)
  const before = index === 0 ? keyEnd : extent(seq.items[index - 1]).to
  if (before === undefined) throw new NoPlaceError('no line to begin behind')
  const at = source.lineAfter(before)
  const isEnd = index === seq.items.length
  source.insertLines(isEnd ? source.behindComments(at, indent) : at, source.blockLines(values, indent))
}

function insertInFlow(source: SourceText, seq: YAMLSeq, index: number, values: readonly unknown[]): void {
  const first = extent(seq.items[0]).from
  const separator = source.separator(first)
  const texts = values.map(value => source.inline(value, first))
  if (index === 0) {
    source.replace(first, first, texts.map(each => each + separator).join(''))
    return
  }
  const { to } = extent(seq.items[index - 1])
  source.replace(to, to, texts.map(each => separator + each).join(''))
}

function keyOf(pair: Pair | undefined): unknown {
  return pair?.key
}

/** The last pair of a key, as kubectl takes it. */
function ownPair(map: YAMLMap, key: string): Pair | undefined {
  return map.items.findLast(item => item.key instanceof Scalar && String(item.key.value) === key)
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
