/** The chart installed on a control plane, and kubectl, each as the administrator runs it. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { chart, helm } from '../../charts/helm.ts'
import { pathOf } from './binaries.ts'
import type { ControlPlane } from './control-plane.ts'

export const namespace = 'longhaul-system'
export const release = 'longhaul'

export interface Release {
  /** Also where it is not installed yet. Values are YAML, flags Helm's. */
  upgrade(values?: string, ...flags: readonly string[]): void
  uninstall(): void
}

/** Helm for the release, in a namespace that it makes. Each call throws what Helm says when it fails. */
export function releaseOn({ admin }: ControlPlane): Release {
  const run = (args: readonly string[], values = ''): void => {
    const all = [...args, `--namespace=${namespace}`, `--kubeconfig=${admin.file}`]
    const { status, stderr } = helm(all, values)
    if (status !== 0) throw new Error(`helm ${all.join(' ')}:\n${stderr}`)
  }
  return {
    upgrade(values, ...flags) {
      run(['upgrade', release, chart, '--install', '--create-namespace', '--values=-', ...flags], values)
    },
    uninstall: () => run(['uninstall', release]),
  }
}

export interface KubectlResult {
  status: number | null
  stdout: string
  stderr: string
}

/** Runs kubectl to its end, `input` on its standard input; webhooks of this process go on meanwhile. */
export async function kubectl(
  { admin }: ControlPlane,
  args: readonly string[],
  input = '',
): Promise<KubectlResult> {
  const child = spawn(pathOf('kubectl'), [...args, `--kubeconfig=${admin.file}`])
  child.stdin.end(input)
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { status: child.exitCode, stdout, stderr }
}
