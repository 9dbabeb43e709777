/** Longhaul on the cluster, as its README says. */

import type { Identity } from '../cluster/identity.ts'
import { kubectl } from '../cluster/kubectl.ts'
import { namespace, releaseOn } from '../cluster/release.ts'

/** The chart's 2 s are for answers of milliseconds. Where one machine is all of the cluster, pods would come unchanged. */
const webhookTimeoutSeconds = 10

/** Installs the chart, also over an earlier one, and waits until it is Ready. Values are YAML. */
export function installLonghaul(cluster: { admin: Identity }, values = ''): void {
  const timeout = `--set=webhook.timeoutSeconds=${webhookTimeoutSeconds}`
  releaseOn(cluster).upgrade(values, '--wait', '--timeout=180s', timeout)
}

/** The same on a cluster that has been cleared of it: every webhook starts with these values. */
export async function reinstallLonghaul(cluster: { admin: Identity }, values = ''): Promise<void> {
  releaseOn(cluster).uninstall()
  await kubectl(cluster.admin, ['delete', 'namespace', namespace])
  installLonghaul(cluster, values)
}
