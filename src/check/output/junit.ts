/** Findings as a JUnit report: a suite with a case for each rule, which fails where the rule found something. */

import { printableLine } from '../../preview/printable.ts'
import type { Finding } from '../findings.ts'
import { rules } from '../rules.ts'
import { fixText, type Report, relativeFile } from './report.ts'

/** XML. */
export function printJunit(report: Report): string {
  const byRule = Map.groupBy(report.findings, ({ rule }) => rule)
  const cases = rules.map(rule => {
    const failures = (byRule.get(rule) ?? []).map(each => failure(each, report))
    const name = attribute(`${rule.id} ${rule.name}`)
    return failures.length === 0
      ? `    <testcase classname="longhaul.check" name="${name}"/>`
      : `    <testcase classname="longhaul.check" name="${name}">\n${failures.join('\n')}\n    </testcase>`
  })
  const counts = `tests="${rules.length}" failures="${byRule.size}"`
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${counts}>
  <testsuite name="longhaul check" ${counts}>
${cases.join('\n')}
  </testsuite>
</testsuites>
`
}

function failure(finding: Finding, report: Report): string {
  const { rule, message, line } = finding
  const place = `${relativeFile(finding, report)}:${line}`
  return `      <failure type="${rule.severity}" message="${attribute(`${place}: ${message}`)}">${attribute(fixText(finding))}</failure>`
}

/** Without control characters, of which XML has no form. */
function attribute(text: string): string {
  return printableLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
