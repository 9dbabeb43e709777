/** What the kernel is to do for the sockets of a pod, by the same policy as the webhook's. */

import type { V1Pod } from '@kubernetes/client-node'
import type { Namespace } from '../../mutation/decide.ts'
import { podPolicy } from '../../mutation/pod-policy.ts'
import type { Config } from '../../policy/config.ts'
import { keepaliveTimers } from '../../policy/keepalive-timers.ts'
import { formatKeepaliveVariable } from '../../policy/keepalive-variable.ts'
import { asksForNodeKeepalive } from '../../policy/node-keepalive.ts'

/** The timers for a pod, in LONGHAUL_KEEPALIVE's form; undefined where the kernel is to do nothing. */
export function wantedKeepalive(pod: V1Pod, namespace: Namespace, config: Config): string | undefined {
  if (config.excludedNamespaces.has(namespace.name)) return undefined
  const policy = podPolicy(pod, namespace.labels, config)
  return asksForNodeKeepalive(policy) ? formatKeepaliveVariable(keepaliveTimers(policy.values)) : undefined
}
