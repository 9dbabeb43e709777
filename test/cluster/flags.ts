/** The flags of a control plane's programs: what differs from a cluster's, and what has no default. */

import { join } from 'node:path'
import type { Credentials } from './credentials.ts'
import type { Identity } from './identity.ts'
import type { ServiceProxy } from './service-proxy.ts'

export function etcdFlags(folder: string, url: string): string[] {
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    // There are no peers, but a port of theirs there must be.
    '--listen-peer-urls=http://127.0.0.1:0',
    // What is written need not survive the machine.
    '--unsafe-no-fsync',
  ]
}

export function apiServerFlags(
  credentials: Credentials,
  etcdUrl: string,
  port: number,
  services: ServiceProxy,
): string[] {
  return [
    `--etcd-servers=${etcdUrl}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--tls-cert-file=${credentials.certFile}`,
    `--tls-private-key-file=${credentials.keyFile}`,
    // The Service `kubernetes` must not have loopback endpoints, and without an address to advertise the API
    // server looks for a default route, which a container may not have.
    '--endpoint-reconciler-type=none',
    '--advertise-address=127.0.0.1',
    '--service-cluster-ip-range=10.0.0.0/24',
    `--egress-selector-config-file=${services.egressFile}`,
    // Ends within two seconds when asked to; otherwise it waits a minute for clients' connections to end.
    '--shutdown-send-retry-after',
    `--token-auth-file=${credentials.tokensFile}`,
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${credentials.accountKeyFile}`,
    `--service-account-key-file=${credentials.accountPublicKeyFile}`,
  ]
}

export function controllersFlags(credentials: Credentials, identity: Identity): string[] {
  return [
    `--kubeconfig=${identity.file}`,
    // Each controller with the rights that it has in a cluster.
    '--use-service-account-credentials',
    `--service-account-private-key-file=${credentials.accountKeyFile}`,
    // For the ConfigMap kube-root-ca.crt in each namespace.
    `--root-ca-file=${credentials.caFile}`,
    // There is only one.
    '--leader-elect=false',
    // By default 20 requests a second: it would take twice as long to start, and many namespaces minutes.
    '--kube-api-qps=1000',
    '--kube-api-burst=1000',
    // Claims that nobody binds would get an event every 15 seconds.
    '--pvclaimbinder-sync-period=1h',
    // Nodes have no kubelet: after a minute they would be tainted as unreachable.
    '--node-startup-grace-period=1h',
    // No HTTPS of its own: nothing asks it.
    '--secure-port=0',
  ]
}
