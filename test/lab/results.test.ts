import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { experiments } from './experiments/all.ts'
import { mostWithin } from './experiments/rates.ts'
import { readResults, withResults } from './results/documents.ts'
import { wholeMarkdown } from './results/lab-markdown.ts'
import { markdownTable } from './results/markdown.ts'
import { svgOf } from './results/svg.ts'

const results = readResults()
const kept = (name: string) => readFileSync(new URL(`results/${name}`, import.meta.url), 'utf8')
const readme = new URL('../../README.md', import.meta.url)

it('the README and table.md are made of the results that are kept (npm run lab -- --write)', () => {
  const text = readFileSync(readme, 'utf8')
  expect(text).toBe(withResults(text, results))
  expect(kept('table.md')).toBe(wholeMarkdown(results))
})

it('the results are of all experiments, and none failed', () => {
  expect(results.experiments.map(({ name }) => name)).toEqual(experiments.map(({ name }) => name))
  expect(results.experiments.filter(({ failure }) => failure !== undefined)).toEqual([])
})

it('a chart is an SVG that names what is compared, and holds no script', () => {
  for (const { name, chart } of experiments) {
    const observations = results.experiments.find(each => each.name === name)?.observations ?? []
    if (chart === undefined) continue
    const svg = svgOf(chart(observations, results))
    expect(svg).toMatch(/^<svg /)
    for (const variant of observations.map(each => each.variant).slice(0, 2)) expect(svg).toContain(variant)
    expect(svg).not.toContain('<script')
  }
})

it('a table has columns of even width', () => {
  expect(
    markdownTable({
      head: ['a', 'bcd'],
      rows: [
        ['1234', ''],
        ['', '5'],
      ],
    }),
  ).toBe(['| a    | bcd |', '|------|-----|', '| 1234 |     |', '|      | 5   |'].join('\n'))
})

it.each([
  [[], 0],
  [[0, 999, 1000, 1001], 3],
  [[5000, 0, 200, 100], 3],
  [[0, 1000, 2000], 1],
])('at most %o within a second: %i', (timesMs, most) => {
  expect(mostWithin(1000, timesMs)).toBe(most)
})
