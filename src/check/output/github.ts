/** Findings as workflow commands of GitHub Actions, which become annotations of a pull request. */

import { fixText, type Report, relativeFile } from './report.ts'

const commands = { error: 'error', warning: 'warning', note: 'notice' } as const

/** A line for each finding. */
export function printGithub(report: Report): string {
  return report.findings
    .map(finding => {
      const { rule, line, message } = finding
      const file = escapeProperty(relativeFile(finding, report))
      const title = escapeProperty(`${rule.id} ${rule.name}`)
      const text = escapeData(`${message} ${fixText(finding)}`)
      return `::${commands[rule.severity]} file=${file},line=${line},title=${title}::${text}\n`
    })
    .join('')
}

/** As @actions/core does it (packages/core/src/command.ts). */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
