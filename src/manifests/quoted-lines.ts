/**
 * Quoted scalars whose lines stand further left than YAML asks for. The library takes the quote for missing there;
 * kubectl, by go-yaml, reads on to the closing one: space at the beginning of a quoted line means nothing.
 */

import { type Document, visit } from 'yaml'

/** A file with more of them is told that a quote is missing: for each one the whole file is read once more. */
const mostScalars = 20

/** A scalar whose lines were indented. */
export interface QuotedScalar {
  written: string
  indented: string
}

export interface ReadableText {
  text: string
  /** In the order in which they stand in the text. */
  scalars: readonly QuotedScalar[]
}

/**
 * The text with the lines of such scalars indented, so that the library reads it; nothing else changes, and no line is
 * added. The same text where there are none, undefined where that does not make it readable.
 */
export function indentQuotedLines(
  text: string,
  parse: (text: string) => readonly Document.Parsed[],
): ReadableText | undefined {
  let readable = text
  const scalars: QuotedScalar[] = []
  for (let count = 0; count <= mostScalars; count++) {
    const broken = parse(readable).find(({ errors }) => errors.length > 0)
    if (broken === undefined) return { text: readable, scalars }
    const start = startOfUnclosed(broken)
    const end = start === undefined ? undefined : closingQuote(readable, start)
    if (start === undefined || end === undefined) return undefined
    const written = readable.slice(start, end)
    const indented = withIndent(written, readable, start)
    scalars.push({ written, indented })
    readable = readable.slice(0, start) + indented + readable.slice(end)
  }
  return undefined
}

/** A text, or a part of it, that was changed since, with the lines of those scalars as they were written. */
export function restoreQuotedLines(changed: string, scalars: readonly QuotedScalar[]): string {
  let text = changed
  let from = 0
  for (const { written, indented } of scalars) {
    const at = text.indexOf(indented, from)
    // It stands elsewhere, or has changed itself.
    if (at === -1) continue
    text = text.slice(0, at) + written + text.slice(at + indented.length)
    from = at + written.length
  }
  return text
}

/** Where the quoted scalar begins that a document's first error says is not closed. */
function startOfUnclosed(document: Document.Parsed): number | undefined {
  const [error] = document.errors
  if (error?.code !== 'MISSING_CHAR') return undefined
  let start: number | undefined
  visit(document, {
    Scalar(_key, { type, range }) {
      const isQuoted = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE'
      if (!isQuoted || range?.[1] !== error.pos[0]) return undefined
      start = range[0]
      return visit.BREAK
    },
  })
  return start
}

/** Behind the closing quote; undefined where the document ends first. */
function closingQuote(text: string, start: number): number | undefined {
  const quoted = text[start] === '"' ? /"(?:[^"\\]|\\[\s\S])*"/y : /'(?:[^']|'')*'/y
  quoted.lastIndex = start
  const [found] = quoted.exec(text) ?? []
  return found === undefined || /^(?:---|\.\.\.)(?:\s|$)/m.test(found) ? undefined : start + found.length
}

/** A scalar with its lines indented beyond whatever it stands in: as far as its own line, and one more. */
function withIndent(scalar: string, text: string, start: number): string {
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start)
  const indent = ' '.repeat(line.length + 1)
  return scalar.replace(/\n[ \t]*(?=[^\s])/g, `\n${indent}`)
}
