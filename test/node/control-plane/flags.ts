/** The flags of the control plane's programs: what differs from a cluster's, and what has no default. */

import { join } from 'node:path'
import type { Credentials } from '../../cluster/credentials.ts'
import type { Identity } from '../../cluster/identity.ts'
import type { Machine } from '../machines/machine.ts'

export const etcdUrl = 'http://127.0.0.1:2379'
export const apiServerPort = 6443

export function etcdFlags({ folder }: Machine): string[] {
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${etcdUrl}`,
    `--advertise-client-urls=${etcdUrl}`,
    // What is written need not survive the host.
    '--unsafe-no-fsync',
  ]
}

export function apiServerFlags({ address }: Machine, credentials: Credentials): string[] {
  return [
    `--etcd-servers=${etcdUrl}`,
    `--advertise-address=${address}`,
    `--secure-port=${apiServerPort}`,
    `--tls-cert-file=${credentials.certFile}`,
    `--tls-private-key-file=${credentials.keyFile}`,
    `--token-auth-file=${credentials.tokensFile}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--allow-privileged',
    `--kubelet-client-certificate=${credentials.clientCertFile}`,
    `--kubelet-client-key=${credentials.clientKeyFile}`,
    '--kubelet-preferred-address-types=InternalIP',
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
    // No HTTPS of its own: nothing asks it.
    '--secure-port=0',
  ]
}

export function schedulerFlags({ file }: Identity): string[] {
  return [`--kubeconfig=${file}`, '--leader-elect=false', '--secure-port=0']
}
