/** What Longhaul counts of its cluster, for Prometheus. */

import { Counter, collectDefaultMetrics, Gauge, type Registry } from 'prom-client'
import type { CertificateAction } from './certificates/certificate-source.ts'

export interface ClusterMetrics {
  countAction(action: CertificateAction, result: 'done' | 'failed'): void
  /** When a certificate ends, in milliseconds since 1970. */
  setExpiry(certificate: 'leaf' | 'ca', expiryMs: number): void
  countInterruption(resource: string, reason: string): void
}

/** What is asked when Prometheus scrapes. */
interface ClusterFigures {
  namespaces(): number
  /** Time since the labels of namespaces were last known to be current. */
  namespacesAgeMs(): number
}

export function createClusterMetrics(registry: Registry, figures: ClusterFigures): ClusterMetrics {
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const expiry = new Gauge({
    name: 'longhaul_certificate_expiry_timestamp_seconds',
    help: 'When the certificate in use ends, and that of the authority which signed it, in seconds since 1970.',
    labelNames: ['certificate'],
    registers,
  })
  const actions = new Counter({
    name: 'longhaul_certificate_actions_total',
    help: 'What was done about certificates and the bundles that API servers trust, by action and result.',
    labelNames: ['action', 'result'],
    registers,
  })
  new Gauge({
    name: 'longhaul_namespaces',
    help: 'Namespaces whose labels are known.',
    registers,
    collect() {
      this.set(figures.namespaces())
    },
  })
  new Gauge({
    name: 'longhaul_namespace_cache_age_seconds',
    help: 'Time since the labels of namespaces were last known to be current; up to 30 s is usual.',
    registers,
    collect() {
      this.set(figures.namespacesAgeMs() / 1000)
    },
  })
  return {
    countAction: (action, result) => actions.inc({ action, result }),
    setExpiry: (certificate, expiryMs) => expiry.set({ certificate }, expiryMs / 1000),
    ...createWatchMetrics(registry),
  }
}

/** What is counted of watches, whoever has them. */
export function createWatchMetrics(registry: Registry): Pick<ClusterMetrics, 'countInterruption'> {
  const interruptions = new Counter({
    name: 'longhaul_watch_restarts_total',
    help: 'Watches of the API server that broke off, by resource and reason; they go on by themselves.',
    labelNames: ['resource', 'reason'],
    registers: [registry],
  })
  return { countInterruption: (resource, reason) => interruptions.inc({ resource, reason }) }
}
