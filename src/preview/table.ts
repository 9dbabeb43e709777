/** Tables for people. */

import { printableLine } from './printable.ts'

/** Rows in aligned columns, two spaces between them. */
export function table(cells: readonly (readonly string[])[]): string[] {
  const rows = cells.map(row => row.map(printableLine))
  const columns = Math.max(0, ...rows.map(row => row.length))
  const widths = Array.from({ length: columns }, (_, column) => {
    return Math.max(...rows.map(row => row[column]?.length ?? 0))
  })
  return rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
