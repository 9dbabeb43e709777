/** The documents of a YAML or JSON file: their values, and their text, so that they can be printed unchanged. */

import {
  type Document,
  LineCounter,
  type Node,
  Parser,
  parseAllDocuments,
  parseDocument,
  type Tags,
  visit,
} from 'yaml'
import { collectionKey, collectionKeyRule, templateHint } from '../policy/map-keys.ts'
import { roundBigints } from './digits.ts'
import { InputError } from './input-error.ts'
import { parseObject, splitJsonStream } from './json-stream.ts'
import { indentQuotedLines, type QuotedScalar } from './quoted-lines.ts'
import { pointNumber, wholeNumber } from './yaml-numbers.ts'

export interface ManifestDocument {
  file: string
  /** Counted from 1. */
  number: number
  /** Line of the file at which the document begins, counted from 1. */
  line: number
  /** The exact source, with separator and comments. */
  text: string
  /** The same in a form that the YAML library reads; but for the indentation of quoted lines it is the source. */
  readableText: string
  /** What was indented for that, here or elsewhere in the file. */
  quotedScalars: readonly QuotedScalar[]
  value: unknown
}

/**
 * The documents of a file, read as kubectl reads them: by YAML 1.1's rules for booleans and octal numbers, but
 * with no times. Throws an InputError that names every mistake.
 */
export function readDocuments(text: string, file: string): ManifestDocument[] {
  const objects = splitJsonStream(text)
  return objects === undefined ? readYaml(text, file) : objects.map(readObject(file))
}

/** One of several JSON objects. */
function readObject(file: string) {
  let line = 1
  return (text: string, index: number): ManifestDocument => {
    const begins = line + countLines(/^\s*/.exec(text)?.[0] ?? '')
    line += countLines(text)
    const value = parseObject(text)
    return { file, number: index + 1, line: begins, text, readableText: text, quotedScalars: [], value }
  }
}

function countLines(text: string): number {
  return text.split('\n').length - 1
}

function readYaml(text: string, file: string): ManifestDocument[] {
  const lines = new LineCounter()
  const nodes = parseYaml(text)
  const isReadable = nodes.every(({ errors }) => errors.length === 0)
  const found = isReadable ? { text, scalars: [] } : indentQuotedLines(text, parseYaml)
  if (found === undefined) throw new InputError(mistakesIn(nodes, text, file).join('\n'))
  const { text: readable, scalars: quotedScalars } = found
  const offsets = documentOffsets(readable, lines)
  const places = offsets.map(offset => lines.linePos(offset))
  const starts = readable === text ? offsets : placesIn(text, places)
  const part = (whole: string, at: readonly number[], index: number) =>
    whole.slice(index === 0 ? 0 : at[index], at[index + 1])
  const values = (readable === text ? nodes : parseYaml(readable)).map(toValue)
  const mistakes = values.flatMap(({ mistake, at }, index) => {
    if (mistake === undefined) return []
    const place = at === undefined ? file : placed(file, lines.linePos(at))
    return `${place}: document ${index + 1}: ${mistake}${templateHint(part(readable, offsets, index))}`
  })
  if (mistakes.length > 0) throw new InputError(mistakes.join('\n'))
  return values.map(({ value }, index) => ({
    file,
    number: index + 1,
    line: places[index]?.line ?? 1,
    text: part(text, starts, index),
    readableText: part(readable, offsets, index),
    quotedScalars,
    value,
  }))
}

function placed(file: string, { line, col }: { line: number; col: number }): string {
  return `${file}:${line}:${col}`
}

function parseYaml(text: string): Document.Parsed[] {
  const found = [...parseAllDocuments(text, parseOptions)]
  // A file of comments holds no document; its text is kept as that of an empty one.
  return found.length === 0 && text !== '' ? [parseDocument(text, parseOptions)] : found
}

function mistakesIn(nodes: readonly Document.Parsed[], text: string, file: string): string[] {
  const lines = new LineCounter()
  const offsets = documentOffsets(text, lines)
  return nodes.flatMap((node, index) =>
    // Those behind the first of a document mostly follow from it.
    node.errors.slice(0, 1).map(error => {
      const place = placed(file, lines.linePos(error.pos[0]))
      const hint = templateHint(text.slice(offsets[index], offsets[index + 1]))
      return `${place}: document ${index + 1} is not valid YAML: ${error.message}${hint}`
    }),
  )
}

/** Offsets in a text of places, which are given by line and column. */
function placesIn(text: string, places: readonly { line: number; col: number }[]): number[] {
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
  return places.map(({ line, col }) => (lineStarts[line - 1] ?? text.length) + col - 1)
}

/** Where each document begins. Comments and blank lines before the first one belong to it. */
function documentOffsets(text: string, lines: LineCounter): number[] {
  const offsets: number[] = []
  for (const token of new Parser(lines.addNewLine).parse(text)) {
    if (token.type === 'document') offsets.push(token.offset)
  }
  return offsets
}

/** The value of a document, or what is wrong with it, and at which offset where that is known. */
interface Reading {
  value?: unknown
  mistake?: string
  at?: number
}

function toValue(node: Document.Parsed): Reading {
  try {
    refuseCycles(node)
    const at = collectionKey(node)
    if (at !== undefined) return { mistake: collectionKeyRule, at }
    // The limit on aliases is the library's own, against documents that grow without bound.
    return { value: documentValue(node) }
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) }
  }
}

/** The value of a document that was read with `parseOptions`. */
export function documentValue(document: Document): unknown {
  return roundBigints(document.toJS())
}

/** Throws where an alias stands inside of what it stands for: written out, that would have no end. */
function refuseCycles(document: Document.Parsed): void {
  const anchored = new Map<string, Node>()
  visit(document, {
    Value(_key, node) {
      if (node.anchor !== undefined) anchored.set(node.anchor, node)
    },
    Alias(_key, { source }, ancestors) {
      const meant = anchored.get(source)
      if (meant !== undefined && ancestors.includes(meant)) {
        throw new Error(`the alias *${source} stands inside of what it stands for`)
      }
    },
  })
}

/** How manifests are parsed: as kubectl does. */
export const parseOptions = {
  version: '1.1',
  merge: true,
  uniqueKeys: false,
  prettyErrors: false,
  // The first that takes a value writes it.
  customTags: (tags: Tags) => [
    wholeNumber,
    pointNumber,
    ...tags.filter(tag => typeof tag === 'string' || !isOtherwise(tag)),
  ],
} as const

/**
 * What go-yaml, which kubectl reads with, takes otherwise: numbers, of which it knows no sexagesimal ones, and on the
 * way to JSON timestamps. It shares the infinite ones, which have no format and no digits.
 */
function isOtherwise({ tag, test, ...more }: Exclude<Tags[number], string>): boolean {
  if (tag === 'tag:yaml.org,2002:timestamp' || tag === 'tag:yaml.org,2002:int') return true
  return tag === 'tag:yaml.org,2002:float' && ('format' in more || test?.test('1.5') === true)
}
