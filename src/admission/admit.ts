/** One admission from body to answer, with its record; never breaks a pod. */

import type { Logger } from 'pino'
import { maxSurplusLength } from '../mutation/answer-room.ts'
import type { Config } from '../policy/config.ts'
import { warnings } from '../policy/problems.ts'
import { type AdmissionRecord, logAdmission } from './admission-record.ts'
import type { Answer } from './answer.ts'
import { checkWorkload } from './check-workload.ts'
import type { Metrics } from './metrics.ts'
import { mutatePod } from './mutate-pod.ts'
import { type AdmissionRequest, readReview, writeReview, writeShortReview } from './review.ts'

type Labels = Readonly<Record<string, string>>

/** What the webhooks work with. */
export interface AdmissionServices {
  /** The configuration as it is now. */
  config(): Config
  /** The labels of a namespace as they are now; none where it is not known. */
  namespaceLabels(name: string): Labels | Promise<Labels>
  /** The same from where they are kept, if they are known by hearsay only. */
  askForLabels?: ((name: string) => Promise<Labels>) | undefined
  log: Logger
  metrics: Metrics
}

export type Webhook = AdmissionRecord['webhook']

const handlers = { mutate: mutatePod, validate: checkWorkload } as const

/**
 * The body of the answer to a parsed body, of so many characters; no promise where the namespace's labels are there at once. A fault
 * of ours admits the object unchanged, with a warning. Throws a RequestError where the body holds no review.
 */
export function admit(
  webhook: Webhook,
  body: unknown,
  bodyLength: number,
  services: AdmissionServices,
): string | Promise<string> {
  const startedMs = performance.now()
  const request = readReview(body)
  const finish = (given: Answer) => {
    const text = writeReview(request.uid, given.response, bodyLength + maxSurplusLength)
    const { response, record } = text === undefined ? withoutChange(given) : given
    keepRecord(webhook, request, record, startedMs, services)
    return text ?? writeShortReview(request.uid, response)
  }
  const given = answer(webhook, request, services)
  return given instanceof Promise ? given.then(finish) : finish(given)
}

/** Neither throws nor rejects. */
function answer(
  webhook: Webhook,
  request: AdmissionRequest,
  services: AdmissionServices,
): Answer | Promise<Answer> {
  const decideWith = (labels: Labels) => handlers[webhook](request, labels, services.config())
  const name = request.namespace ?? ''
  try {
    const labels = services.namespaceLabels(name)
    if (labels instanceof Promise) return labels.then(decideWith).catch(failed)
    const given = decideWith(labels)
    if (!isSurprising(given, labels) || services.askForLabels === undefined) return given
    return services
      .askForLabels(name)
      .then(decideWith)
      .catch(() => given)
  } catch (fault) {
    return failed(fault)
  }
}

/**
 * True where neither the pod nor, as far as is known, its namespace has a word for Longhaul: then the API server would
 * not have called, unless it knows of a label already that its watch has not told of yet.
 */
function isSurprising({ record: { reason, problems } }: Answer, labels: Labels): boolean {
  return reason === 'not-asked' && problems.length === 0 && !Object.hasOwn(labels, 'longhaul.dev/inject')
}

/** What is answered instead where a change is too large: of the object all is known and said as before. */
function withoutChange({ record }: Answer): Answer {
  const note = 'this object was admitted unchanged: the change to it would be too large'
  return {
    response: { allowed: true, warnings: warnings(record.problems, [note]) },
    record: { ...record, outcome: 'skipped', reason: 'answer-too-large', features: [] },
  }
}

function failed(fault: unknown): Answer {
  const warnings = [
    'longhaul: this object was admitted unchanged because of a fault; see the log of Longhaul',
  ]
  return {
    response: { allowed: true, warnings },
    record: { outcome: 'failed', features: [], problems: [], fault },
  }
}

/** Field by field: at so many requests a second, spreading three objects into one can be seen in the profile. */
function keepRecord(
  webhook: Webhook,
  request: AdmissionRequest,
  { owner, outcome, reason, features, problems, fault }: Answer['record'],
  startedMs: number,
  { log, metrics }: AdmissionServices,
): void {
  const record: AdmissionRecord = {
    webhook,
    uid: request.uid,
    namespace: request.namespace ?? '',
    name: nameOf(request),
    owner,
    outcome,
    reason,
    features,
    problems,
    milliseconds: performance.now() - startedMs,
    fault,
  }
  logAdmission(log, record)
  metrics.countAdmission(record)
}

function nameOf({ name, object }: AdmissionRequest): string {
  if (name !== undefined && name !== '') return name
  const { metadata } = (object ?? {}) as { metadata?: { name?: string; generateName?: string } | null }
  return metadata?.name ?? metadata?.generateName ?? ''
}
