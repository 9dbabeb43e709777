/** Longhaul on the cluster, as its README says. */

import type { Identity } from '../cluster/identity.ts'
import { releaseOn } from '../cluster/release.ts'

/** Installs the chart, also over an earlier one, and waits until it is Ready. Values are YAML. */
export function installLonghaul(cluster: { admin: Identity }, values = ''): void {
  releaseOn(cluster).upgrade(values, '--wait', '--timeout=180s')
}
