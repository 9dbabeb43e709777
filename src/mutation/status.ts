/** The annotation `longhaul.dev/status`: what Longhaul set, as compact JSON. */

import type { V1Pod } from '@kubernetes/client-node'
import type { statusKey } from '../policy/levels.ts'
import type { keyPrefix } from '../policy/settings.ts'
import type { Done } from './feature.ts'

// A string literal, as a key that was put together is looked up anew at each use; the types see to its parts.
export const statusAnnotation: `${typeof keyPrefix}${typeof statusKey}` = 'longhaul.dev/status'

export type DoneByFeature = Readonly<Record<string, Done>>

/** The pod with the status of what was done; the same pod where it has that already. */
export function withStatus(pod: V1Pod, done: DoneByFeature, version: string): V1Pod {
  const status = JSON.stringify({ version, features: done })
  const { metadata } = pod
  if (metadata?.annotations?.[statusAnnotation] === status) return pod
  const annotations = { ...metadata?.annotations, [statusAnnotation]: status }
  return { ...pod, metadata: { ...metadata, annotations } }
}

/** What a status says that a feature did; undefined where there is no status, or one that somebody broke. */
export function readStatus(pod: V1Pod, feature: string): Done | undefined {
  const text = pod.metadata?.annotations?.[statusAnnotation]
  if (typeof text !== 'string') return undefined
  try {
    return JSON.parse(text)?.features?.[feature]
  } catch {
    return undefined
  }
}
