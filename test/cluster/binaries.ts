/** The programs of a control plane, taken from `KUBEBUILDER_ASSETS` as envtest does. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'

export type Program = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kubectl' | 'helm' | NodeProgram

/** Those of nodes, and what a cluster with nodes runs besides. */
export type NodeProgram = (typeof nodePrograms)[number]
export const nodePrograms = [
  'kube-scheduler',
  'kube-proxy',
  'kubelet',
  'containerd',
  'containerd-shim-runc-v2',
  'ctr',
  'coredns',
  'cni/ptp',
] as const

const controlPlane: readonly Program[] = ['etcd', 'kube-apiserver', 'kube-controller-manager']
const folder = process.env['KUBEBUILDER_ASSETS']
const remedy = 'export KUBEBUILDER_ASSETS=$(.ci/control-plane/build)'

export function pathOf(program: Program): string {
  return join(folder ?? '', program)
}

/** Why there can't be a control plane here, nor these other programs, if so: tests are then skipped. */
export function missingForControlPlane(...others: readonly Program[]): string | undefined {
  if (folder === undefined) return `KUBEBUILDER_ASSETS is not set: ${remedy}`
  const missing = [...controlPlane, ...others].filter(program => !existsSync(pathOf(program)))
  return missing.length === 0 ? undefined : `KUBEBUILDER_ASSETS has no ${missing.join(', ')}: ${remedy}`
}
