/** Events on pods and on the node, for what the agent could not do for them. */

import { createHash } from 'node:crypto'
import { reasonOf, statusOf } from '../cluster/client/client.ts'
import type { Surroundings } from './surroundings.ts'

/** What an API server takes of a note (events.k8s.io/v1). */
const longestMessage = 1024

/** What an event is of, as the API server refers to it. */
export interface EventObject {
  kind: 'Pod' | 'Node'
  name: string
  /** Where the event is to be; that of the object, or `default` for nodes. */
  namespace: string
  uid: string
}

/**
 * Makes a Warning event, once for each object and message, whoever has made it before: its name tells what it says. That
 * the API server refuses it goes to the log.
 */
export async function warnOf(
  { client, node, log }: Pick<Surroundings, 'client' | 'node' | 'log'>,
  { kind, name, namespace, uid }: EventObject,
  reason: string,
  message: string,
): Promise<void> {
  const digest = createHash('sha256').update([uid, reason, message].join('\n')).digest('hex').slice(0, 16)
  const now = new Date()
  const body = {
    metadata: { name: `${name}.${digest}`, namespace },
    involvedObject: { apiVersion: 'v1', kind, name, ...(kind === 'Pod' && { namespace }), uid },
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
  await client.core.createNamespacedEvent({ namespace, body }).catch((error: unknown) => {
    if (statusOf(error) !== 409)
      log.warn({ namespace, name, problem: reasonOf(error) }, 'no event could be made')
  })
}
