/** Findings as SARIF 2.1.0, which code hosts show beside the lines. */

import { version } from '../../version.ts'
import { findingKey } from '../finding-key.ts'
import type { Finding } from '../findings.ts'
import type { Rule } from '../rule.ts'
import { rules } from '../rules.ts'
import { fixText, type Report, relativeFile } from './report.ts'

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'
/** A name for the folder that the paths are relative to: GitHub takes it for the root of the repository. */
const uriBaseId = '%SRCROOT%'

/** One run, which names every rule: a rule without results is one that passed. */
export function printSarif(report: Report): string {
  const driver = { name: 'longhaul', semanticVersion: version, rules: rules.map(descriptor) }
  const results = report.findings.map(each => result(each, report))
  const runs = [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }]
  return `${JSON.stringify({ $schema: schema, version: '2.1.0', runs }, undefined, 2)}\n`
}

function descriptor({ id, name, severity, wrong, why, source, fix }: Rule): object {
  return {
    id,
    name,
    shortDescription: { text: wrong },
    fullDescription: { text: why },
    help: {
      text: `${why} ${fix} See ${source}`,
      markdown: `${why} ([source](${source}))\n\n**Fix.** ${fix}`,
    },
    helpUri: source,
    defaultConfiguration: { level: severity },
  }
}

function result(finding: Finding, report: Report): object {
  const { rule, line, message } = finding
  const uri = encodeURI(relativeFile(finding, report))
  return {
    ruleId: rule.id,
    ruleIndex: rules.indexOf(rule),
    level: rule.severity,
    message: { text: `${message} ${fixText(finding)}` },
    locations: [{ physicalLocation: { artifactLocation: { uri, uriBaseId }, region: { startLine: line } } }],
    partialFingerprints: { 'longhaul/v1': findingKey(finding) },
  }
}
