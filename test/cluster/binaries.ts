/** The programs of a control plane, taken from `KUBEBUILDER_ASSETS` as envtest does. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'

const programs = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'] as const

export type Program = (typeof programs)[number]

const folder = process.env['KUBEBUILDER_ASSETS']

export function pathOf(program: Program): string {
  return join(folder ?? '', program)
}

/** Why there can't be a control plane here, if so: tests are then skipped. */
export function missingForControlPlane(): string | undefined {
  const remedy = 'export KUBEBUILDER_ASSETS=$(.ci/control-plane/build)'
  if (folder === undefined) return `KUBEBUILDER_ASSETS is not set: ${remedy}`
  const missing = programs.filter(program => !existsSync(pathOf(program)))
  return missing.length === 0 ? undefined : `KUBEBUILDER_ASSETS has no ${missing.join(', ')}: ${remedy}`
}
