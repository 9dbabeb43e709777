/** The documents that are made of the results: table.md with everything, and the README's part. */

import { experiments } from '../experiments/all.ts'
import type { Experiment } from '../experiments/experiment.ts'
import { experimentMarkdown, markdownTable, provenance } from './markdown.ts'
import type { ExperimentResult, Results } from './results.ts'

/** Experiments whose tables are short and tell the most. */
const inReadme = [
  'own-keepalive',
  'rollout',
  'stampede',
  'gentle-drain',
  'transfers',
  'failover',
  'cost',
  'unreachable',
]

/** All experiments of a run. */
export function wholeMarkdown(results: Results): string {
  const sections = present(results).map(([experiment, result]) => {
    return `## ${experiment.title}\n\n${experimentMarkdown(experiment, result)}${picture(experiment, '.')}`
  })
  return [`# Results of the lab\n`, `${provenance(results)}\n`, ...sections].join('\n')
}

/** The pictures, the short tables, and where they come from. */
export function readmeMarkdown(results: Results): string {
  const pictures = present(results).map(([experiment]) => picture(experiment, 'test/lab/results').trim())
  const tables = present(results)
    .filter(([{ name }]) => inReadme.includes(name))
    .map(
      ([{ title, about, table }, { observations }]) =>
        `**${title}.** ${about}\n\n${markdownTable(table(observations))}`,
    )
  return [...pictures.filter(each => each !== ''), ...tables, `<sub>${provenance(results)}</sub>`].join(
    '\n\n',
  )
}

function present({ experiments: results }: Results): (readonly [Experiment, ExperimentResult])[] {
  return experiments.flatMap(experiment => {
    const result = results.find(({ name }) => name === experiment.name)
    return result === undefined ? [] : [[experiment, result] as const]
  })
}

function picture({ name, title, chart }: Experiment, folder: string): string {
  return chart === undefined ? '' : `\n![${title}](${folder}/${name}.svg)\n`
}
