/** The labels of the cluster's namespaces, as they are now. */

import type { V1Namespace } from '@kubernetes/client-node'
import { keyPrefix } from '../policy/settings.ts'
import type { ClusterClient } from './client.ts'
import { statusOf } from './client.ts'
import type { FollowEvents, Resource } from './follow.ts'

type Labels = Readonly<Record<string, string>>

export interface Namespaces {
  resource: Resource<V1Namespace>
  events: Pick<FollowEvents<V1Namespace>, 'listed' | 'changed' | 'removed'>
  /**
   * The labels of a namespace, as far as they are Longhaul's. One that is not known yet is asked for, since its
   * first pod can come sooner than the watch's word of it. Rejects where that fails.
   */
  labelsOf(name: string): Labels | Promise<Labels>
  count(): number
}

const none: Labels = Object.freeze({})

/** A cache to be filled by `follow`. */
export function createNamespaces({ core }: Pick<ClusterClient, 'core'>): Namespaces {
  const known = new Map<string, Labels>()
  const put = (namespace: V1Namespace) => void known.set(nameOf(namespace), ownLabels(namespace))
  return {
    resource: { path: '/api/v1/namespaces', list: page => core.listNamespace(page) },
    events: {
      listed(namespaces) {
        known.clear()
        for (const namespace of namespaces) put(namespace)
      },
      changed: put,
      removed: namespace => void known.delete(nameOf(namespace)),
    },
    // What was asked for is not kept: it could be put in after the watch has taken it out.
    labelsOf: name => known.get(name) ?? readLabels(core, name),
    count: () => known.size,
  }
}

async function readLabels(core: ClusterClient['core'], name: string): Promise<Labels> {
  try {
    return ownLabels(await core.readNamespace({ name }))
  } catch (error) {
    if (statusOf(error) === 404) return none
    throw error
  }
}

function nameOf({ metadata }: V1Namespace): string {
  return metadata?.name ?? ''
}

/** Of ten thousand namespaces with twenty labels each, nearly none of ours: only these are kept. */
function ownLabels({ metadata }: V1Namespace): Labels {
  const own = Object.entries(metadata?.labels ?? {}).filter(([key]) => key.startsWith(keyPrefix))
  return own.length === 0 ? none : Object.fromEntries(own)
}
