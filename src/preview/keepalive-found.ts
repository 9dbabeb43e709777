/** What keepalive pods really get: read from the pod that the mutation made, since not every setting can be followed. */

import type { V1Container, V1Pod } from '@kubernetes/client-node'
import { lastingContainers } from '../mutation/containers.ts'
import type { Decision } from '../mutation/decide.ts'
import { keepalivePreload } from '../mutation/features/keepalive-preload.ts'
import { isSysctl, keepaliveSysctl } from '../mutation/features/keepalive-sysctl.ts'
import type { SkipReason } from '../mutation/skip.ts'
import { type KeepaliveEffect, timersEffect } from '../policy/keepalive-effect.ts'
import { type KeepaliveTimers, keepaliveTimers } from '../policy/keepalive-timers.ts'
import { keepaliveVariable, parseKeepaliveVariable } from '../policy/keepalive-variable.ts'
import { asksForNodeKeepalive } from '../policy/node-keepalive.ts'

export interface FoundKeepalive extends KeepaliveEffect {
  /** `preload`: on every socket of the containers. `sysctl`: on those that ask for keepalive. `node`: on every socket. */
  by: 'preload' | 'sysctl' | 'node'
  containers: readonly string[]
}

/**
 * Each keepalive that a pod gets from Longhaul; none where the pod is denied, or nothing was set. Left out where its
 * timers can't be told: they come from elsewhere, or are no numbers.
 */
export function keepaliveFound(decision: Decision): FoundKeepalive[] {
  const { mutation, denial } = decision
  if (denial !== undefined) return []
  if (mutation.outcome === 'skipped') return nodeKeepalive(decision)
  const { pod, done } = mutation
  const preloaded = new Set(done[keepalivePreload.name]?.containers ?? [])
  const bySysctl = done[keepaliveSysctl.name] === undefined ? [] : sysctlKeepalive(pod)
  return [...preloadKeepalives(pod, preloaded), ...bySysctl, ...nodeKeepalive(decision)]
}

/** The names of the containers that run as long as the pod does, native sidecars (KEP-753) first. */
export function lastingNames(pod: V1Pod): string[] {
  return lastingContainers(pod).map(({ name }) => name)
}

/** One for each set of timers: a container may have its own. */
function preloadKeepalives(pod: V1Pod, preloaded: ReadonlySet<string>): FoundKeepalive[] {
  const containersOf = new Map<string, string[]>()
  for (const container of lastingContainers(pod).filter(({ name }) => preloaded.has(name))) {
    const value = timersValue(container)
    if (value !== undefined) containersOf.set(value, [...(containersOf.get(value) ?? []), container.name])
  }
  return [...containersOf].map(([value, containers]) => {
    return { by: 'preload', containers, ...timersEffect(parseKeepaliveVariable(value)) }
  })
}

/** What the library reads; undefined where that is known only in the cluster. */
function timersValue({ env }: V1Container): string | undefined {
  const entry = env?.findLast(({ name }) => name === keepaliveVariable)
  if (entry === undefined || entry.valueFrom != null) return undefined
  const value = entry.value ?? ''
  // $(NAME) stands for another variable.
  return value.includes('$(') ? undefined : value
}

function sysctlKeepalive(pod: V1Pod): FoundKeepalive[] {
  const timers = sysctlTimers(pod)
  if (timers === undefined) return []
  return [{ by: 'sysctl', containers: lastingNames(pod), ...timersEffect(timers) }]
}

/** Whose pods the agent leaves alone as well. */
const withoutAgent: readonly SkipReason[] = ['excluded-namespace', 'windows']

/** Nothing of it is in the pod: the agent on its node follows the same policy. */
function nodeKeepalive({ policy, mutation }: Decision): FoundKeepalive[] {
  if (!asksForNodeKeepalive(policy)) return []
  if (mutation.outcome === 'skipped' && withoutAgent.includes(mutation.reason)) return []
  const containers = lastingNames(mutation.pod)
  return [{ by: 'node', containers, ...timersEffect(keepaliveTimers(policy.values)) }]
}

/** The pod's sysctls, some of which may be the user's own; there is none for TCP_USER_TIMEOUT. */
function sysctlTimers({ spec }: V1Pod): KeepaliveTimers | undefined {
  const sysctl = (name: string) => {
    const found = spec?.securityContext?.sysctls?.find(each =>
      isSysctl(each, `net.ipv4.tcp_keepalive_${name}`),
    )
    return Number(found?.value)
  }
  const [idleSeconds, intervalSeconds, probes] = [sysctl('time'), sysctl('intvl'), sysctl('probes')]
  const isKnown = [idleSeconds, intervalSeconds, probes].every(value => Number.isInteger(value) && value > 0)
  return isKnown
    ? { idleSeconds, intervalSeconds, probes, userTimeoutMs: 0, followsProgram: false }
    : undefined
}
