/** Golden pairs: `name.in.yaml` holds a pod, and maybe a Namespace and a configuration; `name.out.yaml` what becomes of it. */

import { readdirSync, readFileSync } from 'node:fs'
import type { V1Pod } from '@kubernetes/client-node'
import { parseAllDocuments, stringify } from 'yaml'
import { auditTexts } from '../../src/mutation/audit.ts'
import { auditOf, type Decision, decide, type Namespace, outcomeOf } from '../../src/mutation/decide.ts'
import { type Config, defaultConfig } from '../../src/policy/config.ts'
import { parseConfig } from '../../src/policy/config-file.ts'
import { problemText } from '../../src/policy/problems.ts'

const folder = new URL('golden/', import.meta.url)

export interface GoldenCase {
  name: string
  pod: V1Pod
  namespace: Namespace
  config: Config
}

/** All cases, by name. */
export function goldenCases(): GoldenCase[] {
  const names = readdirSync(folder).filter(file => file.endsWith('.in.yaml'))
  return names
    .map(file => readCase(file.replace('.in.yaml', '')))
    .sort((a, b) => a.name.localeCompare(b.name))
}

export function outputFile(name: string): URL {
  return new URL(`${name}.out.yaml`, folder)
}

function readCase(name: string): GoldenCase {
  const texts = parseAllDocuments(readFileSync(new URL(`${name}.in.yaml`, folder), 'utf8'))
  const values = texts.map(document => document.toJS())
  const pod = values.find(({ kind }) => kind === 'Pod') as V1Pod
  const labels = values.find(({ kind }) => kind === 'Namespace')?.metadata.labels ?? {}
  const configText = values.findIndex(({ kind }) => kind === undefined)
  const config = configText === -1 ? defaultConfig : parseConfig(stringify(values[configText]), name)
  return { name, pod, namespace: { name: 'default', labels }, config }
}

export function decideCase({ pod, namespace, config }: GoldenCase): Decision {
  return decide(pod, namespace, config)
}

/** The text of an output file. */
export function goldenText(decision: Decision): string {
  const { mutation } = decision
  const { problems, pod } = mutation
  const outcome = outcomeOf(decision)
  const reason = mutation.outcome === 'skipped' ? { reason: mutation.reason } : {}
  const would = auditOf(mutation)
  const audit = would === undefined ? {} : { audit: auditTexts(would) }
  const result = { outcome, ...reason, ...audit, problems: problems.map(problemText), pod }
  return stringify(result, { lineWidth: 0, aliasDuplicateObjects: false })
}
