/** What the agent counts, for Prometheus. */

import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { createReloadMetrics } from '../admission/metrics.ts'
import { createWatchMetrics } from '../cluster/metrics.ts'
import type { FailureReason } from './keepalive/node-keepalive.ts'
import type { PodState } from './keepalive/pod-keepalive.ts'

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
  return {
    ...createWatchMetrics(registry),
    ...createReloadMetrics(registry),
    countFailure: (reason: FailureReason) => failures.inc({ reason }),
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
