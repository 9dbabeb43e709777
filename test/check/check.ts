/** Findings in manifests, for tests. */

import {
  type CheckOptions,
  type Finding,
  type Findings,
  findIn,
  refuseMalformed,
} from '../../src/check/findings.ts'
import { readDocuments } from '../../src/manifests/documents.ts'
import { defaultConfig } from '../../src/policy/config.ts'
import { planDocuments } from '../../src/preview/plan.ts'

/** What is found in a text of YAML. Throws an InputError where it is malformed. */
export function check(text: string, options: Partial<CheckOptions> = {}): readonly Finding[] {
  return checkAll(text, options).findings
}

/** The same with what is suppressed. */
export function checkAll(text: string, options: Partial<CheckOptions> = {}): Findings {
  const documents = readDocuments(text, 'chat.yaml')
  const plan = planDocuments(documents, { namespace: 'default', namespaceLabels: {}, config: defaultConfig })
  refuseMalformed(plan)
  return findIn(plan, { namespace: 'default', ...options })
}
