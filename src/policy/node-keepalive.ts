/** Keepalive by the agent on a pod's node, of which nothing is in the pod. */

import { isSetNearby, type Policy } from './levels.ts'

/** Other than a change of the pod, `keepalive: node` on the namespace, or in its profile, asks for it by itself. */
export function asksForNodeKeepalive(policy: Policy): boolean {
  const { injection, values } = policy
  if (values.keepalive !== 'node' || injection.refused || injection.isAudit === true) return false
  return injection.asked || isSetNearby(policy, 'keepalive')
}
