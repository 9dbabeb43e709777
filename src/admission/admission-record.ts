/** What is kept of an admission: one log line, some counts. Never the object, which holds secrets. */

import type { Logger } from 'pino'
import type { SkipReason } from '../mutation/skip.ts'
import { type Problem, printable, problemText } from '../policy/problems.ts'

export interface AdmissionRecord {
  webhook: 'mutate' | 'validate'
  uid: string
  namespace: string
  /** The object's name, or its generateName where it has none yet. */
  name: string
  owner?: string | undefined
  outcome: 'mutated' | 'unchanged' | 'skipped' | 'audited' | 'denied' | 'checked' | 'failed'
  /** Why a pod was skipped. */
  reason?: SkipReason | undefined
  features: readonly string[]
  problems: readonly Problem[]
  milliseconds: number
  /** A fault of ours. */
  fault?: unknown
}

/** Names as the API server admits them; whoever asks may write others. */
const maxNameLength = 253
const maxOwnerLength = 2 * 63 + maxNameLength
/** Of all problems in a line: with the names, at three bytes a character, it stays under 16 KB. */
const maxProblemsBytes = 10 * 1024
const maxProblemLength = 1000
/** Of a fault: its message and where it happened. */
const maxFaultLength = 2000

/** Writes the line, of at most 16 KB: an error for a fault of ours, a warning where there are problems. */
export function logAdmission(log: Logger, record: AdmissionRecord): void {
  const { webhook, outcome, reason, features, problems, fault } = record
  const ms = Math.round(record.milliseconds * 100) / 100
  const uid = loggedName(record.uid)
  const namespace = loggedName(record.namespace)
  const name = loggedName(record.name)
  const owner = record.owner === undefined ? undefined : loggedName(record.owner, maxOwnerLength)
  const line = { webhook, uid, namespace, name, owner, outcome, reason, features, ms }
  if (fault !== undefined)
    log.error({ ...line, err: loggedFault(fault) }, 'admission failed, admitted unchanged')
  else if (problems.length > 0) log.warn({ ...line, problems: loggedProblems(problems) }, 'admission')
  else log.info(line, 'admission')
}

/** By a test first: almost every name passes it, and a replacement can be seen in the profile. */
function loggedName(name: unknown, maxLength = maxNameLength): string {
  if (typeof name !== 'string') return ''
  return name.length <= maxLength && /^[\w./-]*$/.test(name) ? name : printable(name, maxLength)
}

function loggedProblems(problems: readonly Problem[]): string[] {
  const logged: string[] = []
  let bytes = 0
  for (const problem of problems) {
    const text = printable(problemText(problem), maxProblemLength)
    bytes += Buffer.byteLength(JSON.stringify(text))
    if (bytes > maxProblemsBytes) return [...logged, `${problems.length - logged.length} more problems`]
    logged.push(text)
  }
  return logged
}

/** As pino's serializer makes it, which bounds nothing. */
export function loggedFault(fault: unknown): { type: string; message: string; stack: string } {
  const error = fault instanceof Error ? fault : new Error(String(fault))
  const places = (error.stack ?? '').split('\n').filter(line => /^ +at /.test(line))
  return {
    type: printable(error.name, maxNameLength),
    message: printable(error.message, maxFaultLength),
    stack: printable(places.map(place => place.trim()).join(' '), maxFaultLength),
  }
}
