/** The first word with the API server. */

import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { KubernetesVersion } from '../../policy/kubernetes-version.ts'
import { createBackoff } from './backoff.ts'
import { type ClusterClient, reasonOf } from './client.ts'

/** The cluster's version; tries until the API server answers. Rejects when it is told to stop. */
export async function reachCluster(
  client: Pick<ClusterClient, 'readVersion'>,
  log: Logger,
  stop: AbortSignal,
): Promise<KubernetesVersion> {
  const backoff = createBackoff()
  for (;;) {
    try {
      return await client.readVersion()
    } catch (error) {
      log.warn({ problem: reasonOf(error) }, 'the API server does not answer; it is tried again')
      log.flush()
      await delay(backoff.nextMs(), undefined, { signal: stop })
    }
  }
}
