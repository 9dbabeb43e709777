/** What the kernel is to do for the sockets of a pod, by the same policy as the webhook's. */

import type { V1Pod } from '@kubernetes/client-node'
import type { Namespace } from '../../mutation/decide.ts'
import { podPolicy } from '../../mutation/pod-policy.ts'
import type { Config } from '../../policy/config.ts'
import { keepaliveTimers } from '../../policy/keepalive-timers.ts'
import { formatKeepaliveVariable } from '../../policy/keepalive-variable.ts'
import { isSetNearby, type Policy } from '../../policy/levels.ts'

/**
 * The timers for a pod, in LONGHAUL_KEEPALIVE's form; undefined where the kernel is to do nothing. Other than for the
 * webhook, `keepalive: node` on the namespace asks for it by itself: nothing of it goes into the pod.
 */
export function wantedKeepalive(pod: V1Pod, namespace: Namespace, config: Config): string | undefined {
  if (config.excludedNamespaces.has(namespace.name)) return undefined
  const policy = podPolicy(pod, namespace.labels, config)
  return asksForNode(policy) ? formatKeepaliveVariable(keepaliveTimers(policy.values)) : undefined
}

function asksForNode(policy: Policy): boolean {
  const { injection, values } = policy
  if (values.keepalive !== 'node' || injection.refused || injection.isAudit === true) return false
  return injection.asked || isSetNearby(policy, 'keepalive')
}
