/** The pods of a node, as they are now; of each only what the agent goes by. */

import type { V1ObjectMeta, V1Pod } from '@kubernetes/client-node'
import type { ClusterClient } from '../cluster/client/client.ts'
import type { Resource } from '../cluster/client/follow.ts'
import { keyPrefix } from '../policy/settings.ts'
import { staticPodUid } from './keepalive/pod-cgroups.ts'

/** For `follow`. */
export function podsOfNode({ core }: Pick<ClusterClient, 'core'>, node: string): Resource<V1Pod> {
  return {
    path: '/api/v1/pods',
    fieldSelector: `spec.nodeName=${node}`,
    async list(page) {
      const { metadata, items } = await core.listPodForAllNamespaces(page)
      return { ...(metadata && { metadata }), items: items.map(neededOf) }
    },
  }
}

/** A pod without what would only take up memory: managed fields alone are a third of it. */
export function neededOf({ metadata, spec, status }: V1Pod): V1Pod {
  return {
    metadata: neededMetadata(metadata),
    spec: { containers: [], ...(spec?.restartPolicy && { restartPolicy: spec.restartPolicy }) },
    status: { ...(status?.phase && { phase: status.phase }) },
  }
}

function neededMetadata({
  name,
  namespace,
  uid,
  annotations,
  labels,
  ownerReferences,
}: V1ObjectMeta = {}): V1ObjectMeta {
  return {
    ...(name !== undefined && { name }),
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
    ...(ownerReferences && { ownerReferences }),
    annotations: neededEntries(annotations),
    labels: neededEntries(labels),
  }
}

function neededEntries(map: Record<string, string> = {}): Record<string, string> {
  const isNeeded = (key: string) => key.startsWith(keyPrefix) || key === staticPodUid
  return Object.fromEntries(Object.entries(map).filter(([key]) => isNeeded(key)))
}
