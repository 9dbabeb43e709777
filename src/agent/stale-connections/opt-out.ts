/** Services whose connections the agent leaves alone. */

import { type ClusterClient, undefinedIfMissing } from '../../cluster/client/client.ts'
import type { Namespaces } from '../../cluster/namespaces.ts'
import { staleConnectionsKey } from '../../policy/read-values.ts'
import { keyPrefix } from '../../policy/settings.ts'

const name = `${keyPrefix}${staleConnectionsKey}`
const off = 'off'

/** Whether the Service says so by its annotation, or its namespace by a label. Rejects where that can't be told now. */
export async function isLeftAlone(
  core: Pick<ClusterClient['core'], 'readNamespacedService'>,
  { labelsOf }: Pick<Namespaces, 'labelsOf'>,
  { namespace, service }: { namespace: string; service: string },
): Promise<boolean> {
  if ((await labelsOf(namespace))[name] === off) return true
  const read = core.readNamespacedService({ namespace, name: service })
  const { metadata } = (await read.catch(undefinedIfMissing)) ?? {}
  return metadata?.annotations?.[name] === off
}
