/**
 * Quoted scalars and flow collections whose lines stand further left than YAML asks for. The library takes the closing
 * quote or bracket for missing there; kubectl, by go-yaml, reads on to it: within them, space at the beginning of a line
 * means nothing.
 */

import { type Document, isCollection, visit } from 'yaml'
import { closingBracket } from './closing-bracket.ts'

/** A file with more of them is told that a quote is missing: for each one the whole file is read once more. */
const mostParts = 20

/** A part of a text whose lines were indented. */
export interface OutdentedPart {
  written: string
  indented: string
}

export interface ReadableText {
  text: string
  /** In the order in which they were found. */
  parts: readonly OutdentedPart[]
}

/**
 * The text with the lines of such parts indented, so that the library reads it; nothing else changes, and no line is
 * added. The same text where there are none, undefined where that does not make it readable.
 */
export function indentOutdented(
  text: string,
  parse: (text: string) => readonly Document.Parsed[],
): ReadableText | undefined {
  let readable = text
  const parts: OutdentedPart[] = []
  for (let count = 0; count <= mostParts; count++) {
    const broken = parse(readable).find(({ errors }) => errors.length > 0)
    if (broken === undefined) return { text: readable, parts }
    const start = startOfUnclosed(broken)
    const end = start === undefined ? undefined : endOf(readable, start)
    if (start === undefined || end === undefined) return undefined
    const written = readable.slice(start, end)
    const indented = withIndent(written, readable, start)
    if (indented === written) return undefined
    parts.push({ written, indented })
    readable = readable.slice(0, start) + indented + readable.slice(end)
  }
  return undefined
}

/** A text, or a part of it, that was changed since, with the lines of those parts as they were written. */
export function restoreOutdented(changed: string, parts: readonly OutdentedPart[]): string {
  // What was found last may stand in what was found before.
  return parts.toReversed().reduce((text, { written, indented }) => {
    const at = text.indexOf(indented)
    // It stands elsewhere, or has changed itself.
    return at === -1 ? text : text.slice(0, at) + written + text.slice(at + indented.length)
  }, changed)
}

/** Where the part begins that a document's first error says is not closed. */
function startOfUnclosed(document: Document.Parsed): number | undefined {
  const [error] = document.errors
  if (error?.code !== 'MISSING_CHAR' && error?.code !== 'BAD_INDENT') return undefined
  let start: number | undefined
  visit(document, {
    Value(_key, node) {
      const isFlow = isCollection(node) && node.flow === true
      const isQuoted = !isCollection(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE')
      if (!(isFlow || isQuoted) || node.range?.[1] !== error.pos[0]) return undefined
      start = node.range[0]
      return visit.BREAK
    },
  })
  return start
}

/** Behind what closes the part; undefined where the document ends first. */
function endOf(text: string, start: number): number | undefined {
  const isFlow = text[start] === '[' || text[start] === '{'
  const end = isFlow ? closingBracket(text, start) : closingQuote(text, start)
  return end === undefined || /^(?:---|\.\.\.)(?:\s|$)/m.test(text.slice(start, end)) ? undefined : end
}

function closingQuote(text: string, start: number): number | undefined {
  const quoted = text[start] === '"' ? /"(?:[^"\\]|\\[\s\S])*"/y : /'(?:[^']|'')*'/y
  quoted.lastIndex = start
  return quoted.test(text) ? quoted.lastIndex : undefined
}

/** A part with its lines indented beyond whatever it stands in: as far as its own line, and one more. */
function withIndent(part: string, text: string, start: number): string {
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start)
  const indent = ' '.repeat(line.length + 1)
  return part.replace(/\n[ \t]*(?=[^\s])/g, `\n${indent}`)
}
