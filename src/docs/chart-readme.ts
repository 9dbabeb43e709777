/** The table of values in the chart's README. */

import type { ChartValue } from './chart-values.ts'

/** A Markdown table of all values. */
export function valuesMarkdown(values: readonly ChartValue[]): string {
  return ['| value | default | meaning |', '|---|---|---|', ...rows(values, '')].join('\n')
}

function rows(values: readonly ChartValue[], prefix: string): string[] {
  return values.flatMap(({ name, comment, standard, children }) => {
    const path = `${prefix}${name}`
    const text = children.length > 0 ? '' : `\`${JSON.stringify(standard)}\``
    const row = `| \`${path}\` | ${escaped(text)} | ${escaped(comment)} |`
    return [row, ...rows(children, `${path}.`)]
  })
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|')
}
