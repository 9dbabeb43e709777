/** Events on pods, for what the agent could not do for them. */

import { createHash } from 'node:crypto'
import type { V1Pod } from '@kubernetes/client-node'
import { type ClusterClient, statusOf } from '../cluster/client/client.ts'

/** What an API server takes of a note (events.k8s.io/v1). */
const longestMessage = 1024

/** Who says it. */
interface Source {
  core: Pick<ClusterClient['core'], 'createNamespacedEvent'>
  node: string
}

/**
 * Makes a Warning event, once for each pod and message, whoever has made it before: its name tells what it says.
 * Rejects where the API server refuses.
 */
export async function warnOf(
  { core, node }: Source,
  { metadata = {} }: V1Pod,
  reason: string,
  message: string,
): Promise<void> {
  const { name = '', namespace = '', uid = '' } = metadata
  const digest = createHash('sha256').update([uid, reason, message].join('\n')).digest('hex').slice(0, 16)
  const now = new Date()
  const body = {
    metadata: { name: `${name}.${digest}`, namespace },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid },
    type: 'Warning',
    reason,
    message: message.slice(0, longestMessage),
    source: { component: 'longhaul-agent', host: node },
    reportingComponent: 'longhaul-agent',
    reportingInstance: node,
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  }
  await core.createNamespacedEvent({ namespace, body }).catch((error: unknown) => {
    if (statusOf(error) !== 409) throw error
  })
}
