/** Who has an address now, by the word of the API server. */

import type { V1Pod } from '@kubernetes/client-node'
import { type ClusterClient, undefinedIfMissing } from '../../cluster/client/client.ts'
import { isUnfinished } from '../../cluster/pod-phase.ts'
import type { ServiceAddress } from './endpoint-addresses.ts'

type Core = Pick<ClusterClient['core'], 'listPodForAllNamespaces' | 'readNamespacedPod'>

/**
 * Whether no pod that is not finished has the address. What was no pod's may live anywhere, and is never nobody's. The
 * API server finds pods by their first address only: of the other family the pods of the node are looked through.
 * Rejects where the API server can't tell.
 */
export async function isNobodys(core: Core, { address, node, pod }: ServiceAddress): Promise<boolean> {
  if (pod === undefined) return false
  const { name, namespace } = pod
  const own = await core.readNamespacedPod({ namespace, name }).catch(undefinedIfMissing)
  if (own !== undefined && has(address)(own)) return false
  const selectors = [`status.podIP=${address}`, ...(node === undefined ? [] : [`spec.nodeName=${node}`])]
  for (const fieldSelector of selectors) {
    const { items } = await core.listPodForAllNamespaces({ fieldSelector })
    if (items.some(has(address))) return false
  }
  return true
}

/** Whether a node is not Ready, or is not known any more. */
export async function isUnreachable(
  core: Pick<ClusterClient['core'], 'readNode'>,
  name: string,
): Promise<boolean> {
  const node = await core.readNode({ name }).catch(undefinedIfMissing)
  return !node?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')
}

function has(address: string): (pod: V1Pod) => boolean {
  return pod =>
    isUnfinished(pod) &&
    [{ ip: pod.status?.podIP }, ...(pod.status?.podIPs ?? [])].some(({ ip }) => ip === address)
}
