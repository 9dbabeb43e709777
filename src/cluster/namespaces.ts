/** The labels of the cluster's namespaces, as they are now. */

import { setTimeout as delay } from 'node:timers/promises'
import type { V1Namespace } from '@kubernetes/client-node'
import { keyPrefix } from '../policy/settings.ts'
import type { ClusterClient } from './client/client.ts'
import { statusOf } from './client/client.ts'
import type { FollowEvents, Resource } from './client/follow.ts'

type Labels = Readonly<Record<string, string>>

export interface Namespaces {
  resource: Resource<V1Namespace>
  events: Pick<FollowEvents<V1Namespace>, 'listed' | 'changed' | 'removed'>
  /**
   * The labels of a namespace, as far as they are Longhaul's. One that is not known yet is asked for, since its
   * first pod can come sooner than the watch's word of it. Rejects where that fails.
   */
  labelsOf(name: string): Labels | Promise<Labels>
  /** The same as the API server has them now, whatever is known. */
  askFor(name: string): Promise<Labels>
  count(): number
}

const none: Labels = Object.freeze({})

/** An admission waits for the answer, and the API server for the admission: two seconds by the chart's default. */
const patienceMs = 1200

/** A cache to be filled by `follow`. */
export function createNamespaces({ core }: Pick<ClusterClient, 'core'>): Namespaces {
  const known = new Map<string, Labels>()
  const put = (namespace: V1Namespace) => void known.set(nameOf(namespace), ownLabels(namespace))
  const asked = new Map<string, Promise<Labels>>()
  // What was asked for is not kept: it could be put in after the watch has taken it out. But many pods can come at once.
  const askFor = (name: string) => {
    const reading = asked.get(name) ?? inTime(readLabels(core, name)).finally(() => asked.delete(name))
    asked.set(name, reading)
    return reading
  }
  return {
    resource: { path: '/api/v1/namespaces', list: page => listLabels(core, page) },
    events: {
      listed(namespaces) {
        known.clear()
        for (const namespace of namespaces) put(namespace)
      },
      changed: put,
      removed: namespace => void known.delete(nameOf(namespace)),
    },
    labelsOf: name => known.get(name) ?? askFor(name),
    askFor,
    count: () => known.size,
  }
}

/** Of ten thousand namespaces the list takes tens of megabytes: of each page only what is needed goes on. */
async function listLabels(core: ClusterClient['core'], page: Parameters<typeof core.listNamespace>[0]) {
  const { metadata, items } = await core.listNamespace(page)
  const needed = items.map(item => ({ metadata: { name: nameOf(item), labels: ownLabels(item) } }))
  return { ...(metadata && { metadata }), items: needed }
}

async function inTime<T>(promise: Promise<T>): Promise<T> {
  const over = new AbortController()
  const tooLate = delay(patienceMs, undefined, { signal: over.signal }).then(() => {
    throw new Error(`the API server did not answer within ${patienceMs / 1000} s`)
  })
  try {
    return await Promise.race([promise, tooLate])
  } finally {
    over.abort()
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
