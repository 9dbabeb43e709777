/** The annotation `longhaul.dev/status`: what Longhaul set, as compact JSON. */

import type { V1Pod } from '@kubernetes/client-node'
import { statusKey } from '../policy/levels.ts'
import { keyPrefix } from '../policy/settings.ts'
import type { Done } from './feature.ts'

export const statusAnnotation = `${keyPrefix}${statusKey}`

export type DoneByFeature = Readonly<Record<string, Done>>

/** The pod with the status of what was done; the same pod where it has that already. */
export function withStatus(pod: V1Pod, done: DoneByFeature, version: string): V1Pod {
  const status = JSON.stringify({ version, features: done })
  const { metadata } = pod
  if (metadata?.annotations?.[statusAnnotation] === status) return pod
  return {
    ...pod,
    metadata: { ...metadata, annotations: { ...metadata?.annotations, [statusAnnotation]: status } },
  }
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
