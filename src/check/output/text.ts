/** Findings for people: by object, with the lines of the manifest. */

import { counted } from '../../fleet/counted.ts'
import type { ManifestDocument } from '../../manifests/documents.ts'
import { placeOf, title } from '../../preview/located.ts'
import { printableLine } from '../../preview/printable.ts'
import type { Style } from '../../preview/style.ts'
import type { Finding } from '../findings.ts'
import { type Severity, severities } from '../rule.ts'
import { colours } from './colours.ts'
import { fixText, type Report } from './report.ts'

/** A section for each object that has findings, then their number. */
export function printText(report: Report, style: Style): string {
  const { findings } = report
  const sections = [...Map.groupBy(findings, ({ at }) => at.object).values()].map(each =>
    section(each, style),
  )
  return [...sections, `${totals(report)}\n`].join('\n')
}

function section(findings: readonly Finding[], style: Style): string {
  const [first] = findings
  if (first === undefined) return ''
  const { object, namespace, document } = first.at
  const head = `${style('bold', title(object))} in namespace ${printableLine(namespace)} (${placeOf(document)})`
  return [head, ...findings.flatMap(each => findingLines(each, style))].map(each => `${each}\n`).join('')
}

function findingLines(finding: Finding, style: Style): string[] {
  const { rule, message } = finding
  const head = style(colours[rule.severity], `${rule.severity} ${rule.id}`)
  return [
    '',
    `  ${head} ${printableLine(message)}`,
    ...sourceLines(finding, style),
    `    Fix: ${printableLine(fixText(finding))}`,
  ]
}

/** The line that is wrong, with the one before it and the one behind it. */
function sourceLines({ at: { document }, line }: Finding, style: Style): string[] {
  const lines = textLines(document)
  const at = line - document.textLine
  const width = String(line + 1).length
  return [at - 1, at, at + 1]
    .filter(index => index >= 0 && (index === at || lines[index]?.trim()))
    .map(index => {
      const number = String(index + document.textLine).padStart(width)
      const text = `${index === at ? '>' : ' '} ${number} | ${printableLine(lines[index] ?? '')}`.trimEnd()
      return `    ${index === at ? style('bold', text) : style('dim', text)}`
    })
}

const linesByDocument = new WeakMap<ManifestDocument, readonly string[]>()

/** Split once: a List of thousands of objects is one document, and may have as many findings. */
function textLines(document: ManifestDocument): readonly string[] {
  const known = linesByDocument.get(document)
  if (known !== undefined) return known
  const lines = document.text.split(/\r?\n/)
  linesByDocument.set(document, lines)
  return lines
}

function totals({ findings, objectCount, suppressedCount, knownCount }: Report): string {
  const count = (severity: Severity) => findings.filter(({ rule }) => rule.severity === severity).length
  const counts = severities.map(each => counted(count(each), each))
  const suppressed = suppressedCount === 0 ? '' : `; ${suppressedCount} suppressed`
  const known = knownCount === 0 ? '' : `; ${knownCount} known by the baseline`
  return `${counts.join(', ')} in ${counted(objectCount, 'object')}${suppressed}${known}.`
}
