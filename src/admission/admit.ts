/** One admission from body to answer, with its record; never breaks a pod. */

import type { Logger } from 'pino'
import type { Config } from '../policy/config.ts'
import { type AdmissionRecord, logAdmission } from './admission-record.ts'
import type { Answer } from './answer.ts'
import { checkWorkload } from './check-workload.ts'
import type { Metrics } from './metrics.ts'
import { mutatePod } from './mutate-pod.ts'
import { type AdmissionRequest, readReview, writeReview } from './review.ts'

type Labels = Readonly<Record<string, string>>

/** What the webhooks work with. */
export interface AdmissionServices {
  /** The configuration as it is now. */
  config(): Config
  /** The labels of a namespace as they are now; none where it is not known. */
  namespaceLabels(name: string): Labels | Promise<Labels>
  log: Logger
  metrics: Metrics
}

export type Webhook = AdmissionRecord['webhook']

const handlers = { mutate: mutatePod, validate: checkWorkload } as const

/**
 * The body of the answer to a parsed body. A fault of ours admits the object unchanged, with a warning.
 * Throws a RequestError where the body holds no review.
 */
export async function admit(webhook: Webhook, body: unknown, services: AdmissionServices): Promise<string> {
  const startedMs = performance.now()
  const request = readReview(body)
  const { response, record, fault } = await answer(webhook, request, services)
  const whole: AdmissionRecord = {
    webhook,
    uid: request.uid,
    namespace: request.namespace ?? '',
    name: nameOf(request),
    ...record,
    milliseconds: performance.now() - startedMs,
    ...(fault === undefined ? {} : { fault }),
  }
  logAdmission(services.log, whole)
  services.metrics.countAdmission(whole)
  return writeReview(request.uid, response)
}

async function answer(
  webhook: Webhook,
  request: AdmissionRequest,
  services: AdmissionServices,
): Promise<Answer & { fault?: unknown }> {
  try {
    const labels = await services.namespaceLabels(request.namespace ?? '')
    return handlers[webhook](request, labels, services.config())
  } catch (fault) {
    const warnings = [
      'longhaul: this object was admitted unchanged because of a fault; see the log of Longhaul',
    ]
    return {
      response: { allowed: true, warnings },
      record: { outcome: 'failed', features: [], problems: [] },
      fault,
    }
  }
}

function nameOf({ name, object }: AdmissionRequest): string {
  if (name !== undefined && name !== '') return name
  const { metadata } = (object ?? {}) as { metadata?: { name?: string; generateName?: string } }
  return metadata?.name ?? metadata?.generateName ?? ''
}
