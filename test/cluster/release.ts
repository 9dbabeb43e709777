/** The chart installed on a control plane, as the administrator does it. */

import { chart, helm } from '../../charts/helm.ts'
import type { ControlPlane } from './control-plane.ts'

export const namespace = 'longhaul-system'
export const release = 'longhaul'

export interface Release {
  /** Also where it is not installed yet. Values are YAML, flags Helm's. */
  upgrade(values?: string, ...flags: readonly string[]): void
  uninstall(): void
}

/** Helm for the release, in a namespace that it makes. Each call throws what Helm says when it fails. */
export function releaseOn({ admin }: Pick<ControlPlane, 'admin'>): Release {
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
