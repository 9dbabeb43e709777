/** What others wrote, such as names in manifests, made harmless for a terminal. */

import { randomUUID } from 'node:crypto'
import { type Style, styleFor } from './style.ts'

const escapeCharacter = '\u001B'

/**
 * A text in one line, with a question mark for each character that a terminal would act upon instead of showing it:
 * controls (C0, C1), format characters such as those that turn the direction of writing, line separators. Tabs, of
 * which scripts are full, become spaces.
 */
export function printableLine(text: string): string {
  return text.replaceAll('\t', '    ').replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '?')
}

/** The same of a text of many lines, which stay lines. */
export function printableText(text: string): string {
  return text.split(/\r?\n/).map(printableLine).join('\n')
}

/** What a text is for: a terminal acts upon control characters, and may show colours. */
export interface Screen {
  isTerminal: boolean
  isColoured: boolean
}

/** Gives the text of an output format. */
export type Format<Planned> = (plan: Planned, screen: Screen) => string

/** A format for programs: what `print` makes, to the character; printable on a terminal, where only people read it. */
export function forPrograms<Planned>(print: (plan: Planned) => string): Format<Planned> {
  return (plan, { isTerminal }) => (isTerminal ? printableText(print(plan)) : print(plan))
}

/**
 * A format for people: what `print` makes, printable, with no more than our own colours. They pass under a mark that
 * nothing in the input can know.
 */
export function forPeople<Planned>(print: (plan: Planned, style: Style) => string): Format<Planned> {
  return (plan, { isColoured }) => {
    const mark = randomUUID()
    const colour = styleFor(isColoured)
    const style: Style = (format, text) =>
      colour(format, printableLine(text)).replaceAll(escapeCharacter, mark)
    return printableText(print(plan, style)).replaceAll(mark, escapeCharacter)
  }
}
