/** What Longhaul counts, for Prometheus. */

import { Counter, Histogram, Registry } from 'prom-client'
import { isKey } from '../policy/settings.ts'
import type { AdmissionRecord } from './admission-record.ts'

export interface Metrics {
  /** Counts a request that was answered with a review. */
  countAdmission(record: AdmissionRecord): void
  /** Counts a request that was refused before that. */
  countRefusal(status: number): void
  countReload(file: string, result: 'accepted' | 'refused'): void
  /** The text that Prometheus scrapes. */
  text(): Promise<string>
  contentType: string
  /** Where other parts put metrics of their own. */
  registry: Registry
}

/** Counters that start at zero. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const admissions = new Counter({
    name: 'longhaul_admissions_total',
    help: 'Admission requests answered, by webhook, outcome and reason.',
    labelNames: ['webhook', 'outcome', 'reason'],
    registers,
  })
  const duration = new Histogram({
    name: 'longhaul_admission_duration_seconds',
    help: 'Time from the parsed request to its answer.',
    labelNames: ['webhook'],
    buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1],
    registers,
  })
  const problems = new Counter({
    name: 'longhaul_problems_total',
    help: 'Problems found in settings and pods, by key; keys that are no setting count as "unknown".',
    labelNames: ['key'],
    registers,
  })
  const refusals = new Counter({
    name: 'longhaul_refused_requests_total',
    help: 'Requests that were no valid AdmissionReview, by HTTP status.',
    labelNames: ['status'],
    registers,
  })
  return {
    countAdmission({ webhook, outcome, reason, milliseconds, problems: found }) {
      admissions.inc({ webhook, outcome, reason: reason ?? '' })
      duration.observe({ webhook }, milliseconds / 1000)
      // Keys come from users: those that are no settings must not become time series.
      for (const { key } of found) problems.inc({ key: isKey(key) ? key : 'unknown' })
    },
    countRefusal: status => refusals.inc({ status: String(status) }),
    ...createReloadMetrics(registry),
    text: () => registry.metrics(),
    contentType: registry.contentType,
    registry,
  }
}

/** What is counted of files that are read again, whoever reads them. */
export function createReloadMetrics(registry: Registry): Pick<Metrics, 'countReload'> {
  const reloads = new Counter({
    name: 'longhaul_reloads_total',
    help: 'Changed files that were read again, by file and result.',
    labelNames: ['file', 'result'],
    registers: [registry],
  })
  return { countReload: (file, result) => reloads.inc({ file, result }) }
}
