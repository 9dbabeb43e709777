/** What is kept of an admission: one log line, some counts. Never the object, which holds secrets. */

import type { Logger } from 'pino'
import { type Problem, problemText } from '../policy/problems.ts'

export interface AdmissionRecord {
  webhook: 'mutate' | 'validate'
  uid: string
  namespace: string
  /** The object's name, or its generateName where it has none yet. */
  name: string
  owner?: string | undefined
  outcome: 'mutated' | 'unchanged' | 'skipped' | 'denied' | 'checked' | 'failed'
  /** Why a pod was skipped. */
  reason?: string | undefined
  features: readonly string[]
  problems: readonly Problem[]
  milliseconds: number
  /** A fault of ours. */
  fault?: unknown
}

/** Writes the line: an error for a fault of ours, a warning where there are problems. */
export function logAdmission(log: Logger, record: AdmissionRecord): void {
  const { webhook, uid, namespace, name, owner, outcome, reason, features, problems, fault } = record
  const ms = Math.round(record.milliseconds * 100) / 100
  const line = { webhook, uid, namespace, name, owner, outcome, reason, features, ms }
  if (fault !== undefined) log.error({ ...line, err: fault }, 'admission failed, admitted unchanged')
  else if (problems.length > 0) log.warn({ ...line, problems: problems.map(problemText) }, 'admission')
  else log.info(line, 'admission')
}
