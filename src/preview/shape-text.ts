/** What is wrong with the shape of a workload, for people: where it stands, as what, and how it is to be written. */

import { isAlias, isCollection, isNode, LineCounter, type Node, parseDocument, type Scalar } from 'yaml'
import type { ManifestDocument } from '../manifests/documents.ts'
import { parseOptions } from '../manifests/yaml-reading.ts'
import type { ShapeMistake } from '../policy/json-schema.ts'
import { printable } from '../policy/problems.ts'
import { type Located, title } from './located.ts'
import { printableLine } from './printable.ts'

const maxValueLength = 40

/** A line for each mistake: file, line and column of the value, document, object, field, value, fix. */
export function shapeTexts(located: Located, mistakes: readonly ShapeMistake[]): string[] {
  const { document, object } = located
  const find = nodeFinder(document)
  return mistakes.map(mistake => {
    const { node, line, col } = find([...located.path, ...mistake.path])
    const place = `${printableLine(document.file)}:${line}:${col}: document ${document.number}`
    return `${place}: ${title(object)}: ${printableLine(mistake.path.join('.'))} ${mistake.rule}${standsAs(mistake, node)}`
  })
}

/** Finds the node at a path, or the last one on the way to it that is there, and its place in the file. */
function nodeFinder(document: ManifestDocument) {
  const lineCounter = new LineCounter()
  const parsed = parseDocument(document.readableText, { ...parseOptions, lineCounter })
  return (path: readonly string[]) => {
    let node: Node | null = parsed.contents
    for (const step of path) {
      const at: unknown = isAlias(node) ? node.resolve(parsed) : node
      const next = isCollection(at) ? at.get(step, true) : undefined
      if (!isNode(next)) break
      node = next
    }
    const { line, col } = lineCounter.linePos(node?.range?.[0] ?? 0)
    return { node, line: document.textLine - 1 + line, col }
  }
}

/** What stands there, as it was written, and what to do about it; nothing where something is missing. */
function standsAs({ value, expected }: ShapeMistake, node: Node | null): string {
  if (value === undefined || expected === undefined) return ''
  if (typeof value === 'object') return `: it is a ${Array.isArray(value) ? 'list' : 'map'}${fix(expected)}`
  const written = printable(String((node as Scalar | null)?.source ?? value), maxValueLength)
  if (expected.includes('string')) return `: it is ${written}; put it in quotes: "${written}"`
  if (typeof value !== 'string') return `: it is ${written}${fix(expected)}`
  const isWhole = expected.includes('integer') && /^-?\d+$/.test(value)
  return `: it is "${written}"${isWhole ? '; take it out of the quotes' : fix(expected)}`
}

function fix(expected: readonly unknown[]): string {
  if (expected.includes('array')) return '; write a list'
  return expected.includes('object') ? '; write a map' : ''
}
