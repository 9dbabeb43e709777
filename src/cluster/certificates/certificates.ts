/** The webhook's certificate in a cluster, kept in order and followed, as the configuration has it. */

import type { Logger } from 'pino'
import type { KeyPair } from '../../admission/certificates.ts'
import type { Config } from '../../policy/config.ts'
import { type ClusterClient, reasonOf } from '../client/client.ts'
import type { Resource } from '../client/follow.ts'
import type { Follower } from '../client/follower.ts'
import type { ClusterMetrics } from '../metrics.ts'
import { createBell } from './bell.ts'
import { keepCertificates } from './certificate-keeper.ts'
import { expiryMs } from './certificate-plan.ts'
import type { CertificateEvents, CertificateSource, Reconciled, SecretName } from './certificate-source.ts'
import { foreignCertificates } from './foreign-certificates.ts'
import { ownCertificates } from './own-certificates.ts'
import { createPublisher } from './publisher.ts'
import { configurationResources } from './webhook-configurations.ts'

interface CertificatesOptions {
  client: ClusterClient
  config: Pick<Config, 'cluster' | 'certs'>
  follower: Follower
  log: Logger
  metrics: ClusterMetrics
  stop: AbortSignal
}

/** Calls `serve` with the certificate to begin with, and with each that takes its place. */
export function followCertificates(options: CertificatesOptions, serve: (leaf: KeyPair) => void): void {
  const { client, config, follower, log, metrics, stop } = options
  const secret = { namespace: client.namespace, name: config.certs.secret }
  const bell = createBell()
  const rung = { listed: bell.ring, changed: bell.ring, removed: bell.ring }
  follower(secretResource(client, secret), rung)
  if (config.certs.mode !== 'cert-manager') {
    const { webhookConfiguration } = config.cluster
    for (const resource of configurationResources(client.registration, webhookConfiguration)) {
      follower(resource, rung)
    }
  }
  const events = reporter(log, metrics)
  const serveAndReport = (found: Reconciled) => {
    serve(found.leaf)
    report(found, events, metrics)
  }
  void keepCertificates(certificateSource(client, config, secret, events), bell, serveAndReport, events, stop)
}

function certificateSource(
  { core, registration, namespace }: ClusterClient,
  { cluster, certs }: Pick<Config, 'cluster' | 'certs'>,
  secret: SecretName,
  events: CertificateEvents,
): CertificateSource {
  const host = `${cluster.service}.${namespace}.svc`
  const hosts = [host, `${host}.cluster.local`, `${cluster.service}.${namespace}`] as const
  const publisher = createPublisher(registration, cluster.webhookConfiguration, events)
  switch (certs.mode) {
    case 'self':
      return ownCertificates({ core, secret, hosts: [...hosts], lifetimes: certs, publisher, events })
    case 'provided':
      return foreignCertificates({ core, secret, host, publisher, events })
    case 'cert-manager':
      return foreignCertificates({ core, secret, host, events })
  }
}

function secretResource({ core }: ClusterClient, { namespace, name }: SecretName): Resource<object> {
  return {
    path: `/api/v1/namespaces/${namespace}/secrets`,
    fieldSelector: `metadata.name=${name}`,
    list: page => core.listNamespacedSecret({ namespace, ...page }),
  }
}

function reporter(log: Logger, metrics: ClusterMetrics): CertificateEvents {
  return {
    done(action, details) {
      metrics.countAction(action, 'done')
      log.info({ action, ...details }, 'certificates')
    },
    failed(action, error) {
      metrics.countAction(action, 'failed')
      log.error({ action, problem: reasonOf(error) }, 'certificates; it is tried again')
    },
  }
}

function report({ leaf, authority }: Reconciled, events: CertificateEvents, metrics: ClusterMetrics): void {
  const leafExpiryMs = expiryMs(leaf.cert)
  metrics.setExpiry('leaf', leafExpiryMs)
  if (authority !== undefined) metrics.setExpiry('ca', expiryMs(authority))
  events.done('serve', { until: new Date(leafExpiryMs).toISOString() })
}
