import type { Finding } from './findings.ts'
import { fieldText } from './output/report.ts'

/** What a finding is known by while files move and lines shift: the rule, the object and the field. */
export function findingKey({ rule, at, path }: Finding): string {
  return [rule.id, at.object.kind, `${at.namespace}/${at.name}`, fieldText(path)].join(' ')
}
