/** Tables for people. */

import { printableLine } from './printable.ts'

/** Rows in aligned columns, two spaces between them. */
export function table(cells: readonly (readonly string[])[]): string[] {
  const rows = cells.map(row => row.map(printableLine))
  // There may be more rows than a call takes arguments.
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, { length }] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, length)
  }
  return rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
