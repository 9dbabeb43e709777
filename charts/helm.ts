/** Helm, from `KUBEBUILDER_ASSETS` where the control plane's build put it, or from the PATH. */

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The chart's folder. */
export const chart = fileURLToPath(new URL('longhaul', import.meta.url))

export interface HelmResult {
  status: number | null
  stdout: string
  stderr: string
}

const { KUBEBUILDER_ASSETS, PATH = '' } = process.env
const folders = [...(KUBEBUILDER_ASSETS === undefined ? [] : [KUBEBUILDER_ASSETS]), ...PATH.split(delimiter)]
const program = folders.map(folder => join(folder, 'helm')).find(file => existsSync(file))

/** Why there is no Helm here, if so. */
export const missingHelm =
  program === undefined
    ? 'helm is not in the PATH: export KUBEBUILDER_ASSETS=$(.ci/control-plane/build)'
    : undefined

/** Runs Helm to its end, `input` on its standard input. Throws where there is none. */
export function helm(args: readonly string[], input = ''): HelmResult {
  if (program === undefined) throw new Error(missingHelm)
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** Kubernetes 1.30 and later have it. */
const policyKind = 'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy'

/** The flag for an API server that has policies; without it Helm knows of none. */
export const withPolicies = `--api-versions=${policyKind}`

/** What the chart renders in longhaul-system with these values, as YAML. Throws what Helm says where it fails. */
export function renderChart(values: string, ...flags: readonly string[]): string {
  const args = ['template', 'longhaul', chart, '--namespace=longhaul-system', '--values=-', ...flags]
  const { status, stdout, stderr } = helm(args, values)
  if (status !== 0) throw new Error(`helm ${args.join(' ')}:\n${stderr}`)
  return stdout
}
