/** The lines of a unified diff, for people. */

import type { Style } from './style.ts'

/** A line in the colour of its sign. */
export function colourLine(line: string, style: Style): string {
  if (line.startsWith('+')) return style('green', line)
  if (line.startsWith('-')) return style('red', line)
  return line.startsWith('@@') ? style('cyan', line) : line
}
