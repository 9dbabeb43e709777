/** Makes table.md, the charts and the README's part anew from results.json. */

import { readFileSync, writeFileSync } from 'node:fs'
import { withParts } from '../../../src/docs/reference.ts'
import { experiments } from '../experiments/all.ts'
import { readmeMarkdown, wholeMarkdown } from './lab-markdown.ts'
import type { Results } from './results.ts'
import { svgOf } from './svg.ts'

const readme = new URL('../../../README.md', import.meta.url)

/** Throws where there are no results, or the README has no place for them. */
export function updateDocuments(): void {
  const results = readResults()
  write('table.md', wholeMarkdown(results))
  for (const { name, chart } of experiments) {
    const observations = results.experiments.find(each => each.name === name)?.observations ?? []
    if (chart !== undefined && observations.length > 0)
      write(`${name}.svg`, svgOf(chart(observations, results)))
  }
  writeFileSync(readme, withResults(readFileSync(readme, 'utf8'), results))
}

/** The README with its part about the lab made of these results. */
export function withResults(document: string, results: Results): string {
  return withParts(document, { lab: readmeMarkdown(results) })
}

/** The results that are kept beside this file. */
export function readResults(): Results {
  return JSON.parse(readFileSync(new URL('results.json', import.meta.url), 'utf8'))
}

function write(name: string, text: string): void {
  writeFileSync(new URL(name, import.meta.url), text)
}
