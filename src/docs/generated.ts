/** Every file that is generated, whole or in part. */

import { readFileSync } from 'node:fs'
import { valuesMarkdown } from './chart-readme.ts'
import { chartLimits, chartSchema } from './chart-schema.ts'
import { readChartValues } from './chart-values.ts'
import { checkMarkdown } from './check-rules.ts'
import { dashboard } from './dashboard.ts'
import { profilesMarkdown, settingsMarkdown, withParts } from './reference.ts'

const root = new URL('../../', import.meta.url)

export interface GeneratedFile {
  /** From the root of the project. */
  path: string
  url: URL
  text: string
}

/** The files as they should be. Throws where a document has lost a marker. */
export function generatedFiles(): GeneratedFile[] {
  const values = readChartValues(read('charts/longhaul/values.yaml'))
  const texts = {
    'README.md': withParts(read('README.md'), {
      settings: settingsMarkdown(),
      profiles: profilesMarkdown(),
    }),
    'docs/check.md': checkMarkdown(),
    'charts/longhaul/README.md': withParts(read('charts/longhaul/README.md'), {
      values: valuesMarkdown(values),
    }),
    'charts/longhaul/values.schema.json': json(chartSchema(values)),
    'charts/longhaul/files/limits.json': json(chartLimits()),
    'charts/longhaul/dashboards/longhaul.json': json(dashboard()),
  }
  return Object.entries(texts).map(([path, text]) => ({ path, url: new URL(path, root), text }))
}

function read(path: string): string {
  return readFileSync(new URL(path, root), 'utf8')
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
