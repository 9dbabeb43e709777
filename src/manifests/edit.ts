/** Writing a changed value back into a YAML document, so that comments and style of the rest stay. */

import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isSeq,
  type Node,
  Pair,
  Scalar,
  type ToStringOptions,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { withDigits } from './digits.ts'
import { matchItems } from './match-items.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * Changes a document from `before` to `after`. The two share the branches in which they do not differ, and
 * those are not touched.
 */
export function editDocument(document: Document, before: unknown, after: unknown): void {
  expandAliases(document)
  const { contents } = document
  if (isMap(contents) && isFields(before) && isFields(after)) editMap(document, contents, before, after)
}

/** Every alias becomes a copy of what it stands for: a change at the anchor would show at each of them. */
function expandAliases(document: Document): void {
  visit(document, {
    Alias: (_key, alias) => {
      const copy = alias.resolve(document)?.clone() as Node | undefined
      if (copy !== undefined) visit(copy, { Node: dropAnchor })
      return copy
    },
  })
  visit(document, { Node: dropAnchor })
}

function dropAnchor(_key: unknown, node: Node): void {
  if (!isAlias(node) && 'anchor' in node) delete node.anchor
}

function editMap(document: Document, map: YAMLMap, before: Fields, after: Fields): void {
  for (const [key, value] of Object.entries(after)) {
    if (before[key] === value) continue
    const pair = ownPair(map, key)
    const edited = editNode(document, pair?.value as Node | undefined, before[key], value)
    if (pair === undefined) map.items.push(new Pair(new Scalar(key), edited))
    else pair.value = edited
  }
}

/** The changed node: the same one where it is a collection, so that its comments stay; else a new one. */
function editNode(document: Document, node: Node | undefined, before: unknown, after: unknown): Node {
  if (isMap(node) && isFields(before) && isFields(after)) {
    editMap(document, node, before, after)
    return node
  }
  if (isSeq(node) && Array.isArray(before) && Array.isArray(after)) {
    editSeq(document, node, before, after)
    return node
  }
  const created = document.createNode(after, withDigits, { aliasDuplicateObjects: false }) as Node
  if (node !== undefined) keepComments(node, created)
  return created
}

/** A comment behind a scalar goes before a collection that takes its place. */
function keepComments(from: Node, to: Node): void {
  to.commentBefore = from.commentBefore ?? null
  if (isCollection(to)) to.commentBefore ??= from.comment ?? null
  else to.comment = from.comment ?? null
}

function editSeq(
  document: Document,
  seq: YAMLSeq,
  before: readonly unknown[],
  after: readonly unknown[],
): void {
  const matches = matchItems(before, after)
  const items = after.map((value, index) => {
    const like = matches[index]
    if (like === undefined) return editNode(document, undefined, undefined, value)
    return value === before[like]
      ? seq.items[like]
      : editNode(document, seq.items[like] as Node, before[like], value)
  })
  seq.items = items
}

/** How the source writes its collections: many write lists at the indentation of their key, and `[a]`, not `[ a ]`. */
export function styleOf(text: string): ToStringOptions {
  return {
    indentSeq: !/^( *)[\w."'/-]+:[ \t]*\r?\n\1- /m.test(text),
    flowCollectionPadding: /[{[] /.test(text),
  }
}

/**
 * The pair of a key of the map's own, the last where there are several, as kubectl takes it; what comes by a
 * merge key is written out in full.
 */
function ownPair(map: YAMLMap, key: string): Pair | undefined {
  return map.items.findLast(item => keyOf(item.key) === key)
}

function keyOf(key: unknown): unknown {
  return key instanceof Scalar ? String(key.value) : key
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
