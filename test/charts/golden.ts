/** Golden pairs of the chart: `name.values.yaml` and `name.rendered.yaml`, what Helm makes of it. */

import { readdirSync, readFileSync } from 'node:fs'
import { renderChart, withPolicies } from '../../charts/helm.ts'

const folder = new URL('golden/', import.meta.url)
const suffix = '.values.yaml'

export interface ChartCase {
  name: string
  /** The text of the values. */
  values: string
}

/** All cases, by name. */
export function chartCases(): ChartCase[] {
  const files = readdirSync(folder).filter(file => file.endsWith(suffix))
  return files.sort().map(file => ({
    name: file.slice(0, -suffix.length),
    values: readFileSync(new URL(file, folder), 'utf8'),
  }))
}

export function renderedFile(name: string): URL {
  return new URL(`${name}.rendered.yaml`, folder)
}

/** What the case renders for an API server that has policies, without the dashboard's text, which has a file of its own. */
export function rendered({ values }: ChartCase): string {
  return renderChart(values, withPolicies).replace(/^( {2}longhaul\.json: \|)\n(?: {4}.*\n)+/m, '$1\n    …\n')
}
