/** The webhook's surroundings in a cluster: certificates in a Secret, namespaces from the API server. */

import type { Logger } from 'pino'
import type { KeyPair } from '../admission/certificates.ts'
import type { Metrics } from '../admission/metrics.ts'
import type { Surroundings } from '../admission/surroundings.ts'
import type { Config } from '../policy/config.ts'
import { followCertificates } from './certificates/certificates.ts'
import type { ClusterClient } from './client/client.ts'
import { createFollower } from './client/follower.ts'
import { createClusterMetrics } from './metrics.ts'
import { createNamespaces } from './namespaces.ts'

/** Begins to follow what the webhook needs to know of its cluster. */
export function clusterSurroundings(
  client: ClusterClient,
  config: Pick<Config, 'cluster' | 'certs'>,
  log: Logger,
  { registry }: Pick<Metrics, 'registry'>,
): Surroundings {
  const stop = new AbortController()
  const namespaces = createNamespaces(client)
  const synced = Promise.withResolvers<void>()
  const certified = Promise.withResolvers<KeyPair>()
  const awaited = new Set(['the certificate', 'the namespaces'])
  let currentMs = performance.now()
  const latest: { certificate?: KeyPair; listener?: (certificate: KeyPair) => void } = {}
  const metrics = createClusterMetrics(registry, {
    namespaces: namespaces.count,
    namespacesAgeMs: () => performance.now() - currentMs,
  })
  const follower = createFollower(client.watch, log, metrics, stop.signal)
  const current = () => {
    currentMs = performance.now()
    awaited.delete('the namespaces')
    synced.resolve()
  }
  follower(namespaces.resource, { ...namespaces.events, current })
  followCertificates({ client, config, follower, log, metrics, stop: stop.signal }, certificate => {
    awaited.delete('the certificate')
    certified.resolve(certificate)
    latest.certificate = certificate
    latest.listener?.(certificate)
  })
  return {
    namespaceLabels: namespaces.labelsOf,
    askForLabels: namespaces.askFor,
    ready: Promise.all([certified.promise, synced.promise]).then(([certificate]) => certificate),
    awaited: () => [...awaited],
    onCertificate(listener) {
      latest.listener = listener
      if (latest.certificate !== undefined) listener(latest.certificate)
    },
    close: () => stop.abort(),
  }
}
