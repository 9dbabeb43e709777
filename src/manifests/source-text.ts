/** The text of a YAML or JSON document, with changes to be made at places of it. */

import { isCollection, isPair, type Pair, type Scalar, stringify, type ToStringOptions } from 'yaml'
import { withDigits, writeJson } from './digits.ts'

/** Thrown where a change can't be made at a place of the text alone. */
export class NoPlaceError extends Error {}

interface Change {
  from: number
  to: number
  text: string
}

export class SourceText {
  readonly text: string
  /** Whether it is JSON without a space. */
  readonly isMinified: boolean
  readonly #isJson: boolean
  readonly #style: ToStringOptions
  readonly #lineEnd: string
  /** By which JSON is indented; undefined where it is in one line. */
  readonly #jsonUnit: string | undefined
  readonly #changes: Change[] = []

  constructor(text: string, isJson: boolean, style: ToStringOptions) {
    this.text = text
    this.#isJson = isJson
    this.#style = style
    this.isMinified = isJson && !/":\s/.test(text)
    this.#jsonUnit = /\n([ \t]+)"/.exec(text)?.[1]
    this.#lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
  }

  /** The text with its changes. Those at one place come in the order in which they were asked for. */
  changed(): string {
    let at = 0
    const parts: string[] = []
    for (const { from, to, text } of this.#changes.toSorted((a, b) => a.from - b.from)) {
      parts.push(this.text.slice(at, from), text)
      at = to
    }
    return [...parts, this.text.slice(at)].join('')
  }

  replace(from: number, to: number, text: string): void {
    this.#changes.push({ from, to, text })
  }

  /** Whole lines, at a place that `lineAfter` gave. */
  insertLines(at: number, lines: readonly string[]): void {
    const { text } = this
    const joined = lines.join(this.#lineEnd)
    const isOpen = at === text.length && !text.endsWith('\n')
    this.replace(at, at, isOpen ? this.#lineEnd + joined : joined + this.#lineEnd)
  }

  /** The lines of a value in block style. */
  blockLines(value: unknown, indent: number): string[] {
    const lines = this.#stringify(value).replace(/\n$/, '').split('\n')
    return lines.map(line => (line === '' ? '' : ' '.repeat(indent) + line))
  }

  /** A value in one line; in several where it is for JSON written so. */
  inline(value: unknown, at: number): string {
    if (this.#isJson) return this.#json(value, at)
    const text =
      typeof value === 'object' && value !== null ? this.#flow(value) : this.#stringify(value).trimEnd()
    return text.includes('\n') ? writeJson(value) : text
  }

  #flow(value: object): string {
    const [line] = this.#stringify([value], true).split('\n', 1)
    return (line ?? '').replace(/^\[ ?/, '').replace(/ ?\]$/, '')
  }

  #stringify(value: unknown, isFlow = false): string {
    const options = { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false, ...this.#style } as const
    return stringify(value, withDigits, isFlow ? { ...options, collectionStyle: 'flow' } : options)
  }

  #json(value: unknown, at: number): string {
    if (this.isMinified) return writeJson(value)
    const lines = writeJson(value, this.#jsonUnit ?? 1)
    if (this.#jsonUnit !== undefined) return lines.replaceAll('\n', this.#lineEnd + this.indentation(at))
    return lines.replace(/([{[])\n\s*|\n\s*(?=[}\]])/g, '$1').replace(/\n\s*/g, ' ')
  }

  /** What stands between two items that are written in flow style, before the one that begins at a place. */
  separator(at: number): string {
    const before = this.text.slice(this.lineStart(at), at)
    if (/^[ \t]+$/.test(before)) return `,${this.#lineEnd}${before}`
    return this.isMinified ? ',' : ', '
  }

  lineStart(at: number): number {
    return this.text.lastIndexOf('\n', at - 1) + 1
  }

  /** The space at the beginning of a place's line. */
  indentation(at: number): string {
    return /[ \t]*/y.exec(this.text.slice(this.lineStart(at), at))?.[0] ?? ''
  }

  /** The column of a place, counted from 0; a byte order mark has none. */
  column(at: number): number {
    return this.text.slice(this.lineStart(at), at).replace('\uFEFF', '').length
  }

  /** Where the next line begins. */
  lineAfter(at: number): number {
    if (this.text[at - 1] === '\n') return at
    const end = this.text.indexOf('\n', at)
    return end === -1 ? this.text.length : end + 1
  }

  /** Behind the lines of comments from a place on that are indented at least so far. */
  behindComments(at: number, indent: number): number {
    const comment = /( *)#[^\n]*(?:\n|$)/y
    let end = at
    for (;;) {
      comment.lastIndex = end
      const found = comment.exec(this.text)
      if (found === null || (found[1] ?? '').length < indent) return end
      end = comment.lastIndex
    }
  }
}

/** Where a node begins and ends in the text; without what follows it, such as comments. */
export function extent(node: unknown): { from: number; to: number } {
  const { range } = (node ?? {}) as Partial<Scalar>
  if (range == null) throw new NoPlaceError('a node has no place')
  return { from: range[0], to: contentEnd(node) }
}

/** Where a node, or a pair, ends. */
export function contentEnd(node: unknown): number {
  if (isPair(node)) return Math.max(contentEnd(node.key), contentEnd((node as Pair).value))
  if (isCollection(node) && node.flow !== true) return contentEnd(node.items.at(-1))
  return (node as Partial<Scalar> | null | undefined)?.range?.[1] ?? 0
}
