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

/** The most that the API server takes: bytes of keys and values together (TotalAnnotationSizeLimitB). */
const annotationsLimitBytes = 256 * 1024

/** True where the API server would refuse the pod for the size of its annotations. */
export function hasTooLargeAnnotations({ metadata }: V1Pod): boolean {
  let bytes = 0
  for (const [key, value] of Object.entries(metadata?.annotations ?? {})) {
    // Of any type, where nobody has looked at it yet.
    bytes += Buffer.byteLength(key) + Buffer.byteLength(String(value))
  }
  return bytes > annotationsLimitBytes
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
