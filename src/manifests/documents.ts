/** The documents of a YAML or JSON file: their values, and their text, so that they can be printed unchanged. */

import { type Document, LineCounter, Parser, parseAllDocuments, parseDocument } from 'yaml'
import { templateHint } from '../policy/map-keys.ts'
import { refusedCharacter } from './characters.ts'
import { depthRule, isTooDeep } from './depth.ts'
import { InputError } from './input-error.ts'
import { isJson, parseObject, splitJsonStream } from './json-stream.ts'
import { indentOutdented, type OutdentedPart } from './outdented-lines.ts'
import { withItemKinds } from './typed-lists.ts'
import { parseOptions, readValue } from './yaml-reading.ts'

export interface ManifestDocument {
  file: string
  /** Counted from 1. */
  number: number
  /** Line of the file at which the document begins, counted from 1. */
  line: number
  /** Line of the file at which its text begins: there may be comments before the document. */
  textLine: number
  /** The exact source, with separator and comments. */
  text: string
  /** The same in a form that the YAML library reads; but for the indentation of lines it is the source. */
  readableText: string
  /** What was indented for that, here or elsewhere in the file. */
  outdented: readonly OutdentedPart[]
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
    const textLine = line
    const begins = line + countLines(/^\s*/.exec(text)?.[0] ?? '')
    line += countLines(text)
    const value = withItemKinds(parseObject(text))
    if (isTooDeep(value)) throw new InputError(`${file}:${begins}: document ${index + 1}: ${depthRule}`)
    const places = { file, number: index + 1, line: begins, textLine }
    return { ...places, text, readableText: text, outdented: [], value }
  }
}

function countLines(text: string): number {
  return text.split('\n').length - 1
}

function readYaml(text: string, file: string): ManifestDocument[] {
  if (!isJson(text)) refuseCharacters(text, file)
  const lines = new LineCounter()
  const nodes = parseYaml(text)
  const isReadable = nodes.every(({ errors }) => errors.length === 0)
  const found = isReadable ? { text, parts: [] } : indentOutdented(text, parseYaml)
  if (found === undefined) throw new InputError(...mistakesIn(nodes, text, file))
  const { text: readable, parts: outdented } = found
  const offsets = documentOffsets(readable, lines)
  const places = offsets.map(offset => lines.linePos(offset))
  const starts = readable === text ? offsets : placesIn(text, places)
  const part = (whole: string, at: readonly number[], index: number) =>
    whole.slice(index === 0 ? 0 : at[index], at[index + 1])
  const values = (readable === text ? nodes : parseYaml(readable)).map(readValue)
  const mistakes = values.flatMap(({ mistake, at }, index) => {
    if (mistake === undefined) return []
    const place = at === undefined ? file : placed(file, lines.linePos(at))
    return `${place}: document ${index + 1}: ${mistake}${templateHint(part(readable, offsets, index))}`
  })
  if (mistakes.length > 0) throw new InputError(...mistakes)
  return values.map(({ value }, index) => ({
    file,
    number: index + 1,
    line: places[index]?.line ?? 1,
    textLine: index === 0 ? 1 : (places[index]?.line ?? 1),
    text: part(text, starts, index),
    readableText: part(readable, offsets, index),
    outdented,
    value: withItemKinds(value),
  }))
}

function refuseCharacters(text: string, file: string): void {
  const found = refusedCharacter(text)
  if (found === undefined) return
  const before = text.slice(0, found.at).split(/\r\n?|\n/)
  const place = { line: before.length, col: (before.at(-1) ?? '').length + 1 }
  throw new InputError(`${placed(file, place)}: ${found.rule}`)
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
      return `${place}: document ${index + 1}${ruleOf(error)}${hint}`
    }),
  )
}

function ruleOf({ message }: Error): string {
  // The library goes by recursion itself.
  return /call stack/.test(message) ? `: ${depthRule}` : ` is not valid YAML: ${message}`
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
