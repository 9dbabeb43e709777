/** Whether a pod that a cluster refuses is refused for what Longhaul adds to it. */

import type { V1Pod } from '@kubernetes/client-node'
import type { Api } from '../../cluster/client/api.ts'
import { dryRunPod } from '../../cluster/client/dry-run.ts'
import type { Decision } from '../../mutation/decide.ts'
import { initContainerName } from '../../mutation/delivery.ts'
import { keyPrefix } from '../../policy/settings.ts'

/** Words of LimitRanges and quotas (plugin/pkg/admission), which name no container. */
const aboutResources = /quota|usage per|limit to request ratio/

/**
 * What of Longhaul's a refused pod is refused for, and what changes it, in a sentence without a beginning and an end.
 * Found by trying the pod once more, opted out; undefined where the cluster refuses that, too.
 */
export async function refusalCause(
  api: Api,
  pod: V1Pod,
  namespace: string,
  refusal: string,
  { mutation }: Decision,
): Promise<string | undefined> {
  if (mutation.outcome !== 'mutated') return undefined
  if ('refusal' in (await dryRunPod(api, optedOut(pod), namespace))) return undefined
  const without = 'without what Longhaul adds it is admitted'
  const init = mutation.pod.spec?.initContainers?.find(({ name }) => name === initContainerName)
  if (init === undefined || !aboutResources.test(refusal)) return without
  const { requests, limits } = init.resources ?? {}
  const resources = `requests ${listed(requests)}, limits ${listed(limits)}`
  return `${without}; ${initContainerName} has ${resources}, which init.resources in Longhaul's configuration changes`
}

function optedOut(pod: V1Pod): V1Pod {
  const annotations = { ...pod.metadata?.annotations, [`${keyPrefix}inject`]: 'false' }
  return { ...pod, metadata: { ...pod.metadata, annotations } }
}

function listed(quantities: Readonly<Record<string, string>> = {}): string {
  return Object.entries(quantities)
    .map(([name, quantity]) => `${name} ${quantity}`)
    .join(' and ')
}
