/** Findings for programs. */

import { fieldText, type Report, relativeFile, settingText } from './report.ts'

/** An array with an item for each finding. */
export function printCheckJson(report: Report): string {
  const items = report.findings.map(finding => {
    const { rule, at, line, path, message, fix } = finding
    return {
      rule: rule.id,
      severity: rule.severity,
      file: relativeFile(finding, report),
      line,
      kind: at.object.kind,
      namespace: at.namespace,
      name: at.name,
      field: fieldText(path),
      message,
      fix,
      setting: settingText(rule),
    }
  })
  return `${JSON.stringify(items, undefined, 2)}\n`
}
