/** What the agent counts, for Prometheus. */

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { createReloadMetrics } from '../admission/metrics.ts'
import { createWatchMetrics } from '../cluster/metrics.ts'
import type { FailureReason } from './keepalive/node-keepalive.ts'
import type { PodState } from './keepalive/pod-keepalive.ts'
import type { StaleError, StaleOutcome } from './stale-connections/node-stale.ts'

export type AgentMetrics = ReturnType<typeof createAgentMetrics>

const podStates: readonly PodState[] = ['attached', 'waiting', 'failed']

/** Counters that start at zero. */
export function createAgentMetrics() {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const failures = new Counter({
    name: 'longhaul_agent_keepalive_failures_total',
    help: 'Pods for which the kernel could not be told to set keepalive, by reason.',
    labelNames: ['reason'],
    registers,
  })
  const staleConnections = new Counter({
    name: 'longhaul_agent_stale_connections_total',
    help: 'Connections to endpoints that are gone, by Service and what became of them; with "dry-run" they were left.',
    labelNames: ['namespace', 'service', 'outcome'],
    registers,
  })
  const staleTime = new Histogram({
    name: 'longhaul_agent_stale_connections_seconds',
    help: 'Time from the word that an endpoint is gone to the end of the last connection to it.',
    buckets: [0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers,
  })
  const staleFailures = new Counter({
    name: 'longhaul_agent_stale_connections_failures_total',
    help: 'Times that connections to endpoints that are gone could not be asked about or ended, by reason.',
    labelNames: ['reason'],
    registers,
  })
  return {
    ...createWatchMetrics(registry),
    ...createReloadMetrics(registry),
    countFailure: (reason: FailureReason) => failures.inc({ reason }),
    countStale(
      { namespace, service }: { namespace: string; service: string },
      outcomes: Readonly<Partial<Record<StaleOutcome, number>>>,
      tookMs: number,
    ) {
      staleTime.observe(tookMs / 1000)
      for (const [outcome, count] of Object.entries(outcomes))
        staleConnections.inc({ namespace, service, outcome }, count)
    },
    countStaleFailure: (reason: 'api-server' | StaleError['reason']) => staleFailures.inc({ reason }),
    /** Asked when Prometheus scrapes. */
    showEndpoints(count: () => number) {
      new Gauge({
        name: 'longhaul_agent_endpoints',
        help: 'Addresses of Services that are followed.',
        registers,
        collect() {
          this.set(count())
        },
      })
    },
    /** Asked when Prometheus scrapes. */
    showPods(counts: () => Readonly<Record<PodState, number>>) {
      new Gauge({
        name: 'longhaul_agent_keepalive_pods',
        help: 'Pods of the node that are to have keepalive by the kernel, by whether they have it.',
        labelNames: ['state'],
        registers,
        collect() {
          const now = counts()
          for (const state of podStates) this.set({ state }, now[state])
        },
      })
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
