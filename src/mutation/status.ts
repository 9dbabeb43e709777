/** The annotation `longhaul.dev/status`: what Longhaul set, as compact JSON of at most 4 KB. */

import type { V1Pod } from '@kubernetes/client-node'
import { printable } from '../policy/problems.ts'
import type { statusKey } from '../policy/read-values.ts'
import type { keyPrefix } from '../policy/settings.ts'
import { copyWith } from './copy-with.ts'
import type { Done } from './feature.ts'

// A string literal, as a key that was put together is looked up anew at each use; the types see to its parts.
export const statusAnnotation: `${typeof keyPrefix}${typeof statusKey}` = 'longhaul.dev/status'

export type DoneByFeature = Readonly<Record<string, Done>>

/** What is written of a feature: as it was done, or with the number of containers where their names are too many. */
export type StatusEntry = Omit<Done, 'containers'> & { containers?: readonly string[] | number }

const maxStatusBytes = 4096
/** Of those, for the version and what is around. */
const frameBytes = 128

/** The most that the API server takes: bytes of keys and values together (TotalAnnotationSizeLimitB). */
const annotationsLimitBytes = 256 * 1024
/** Of UTF-8 for a unit of UTF-16. */
const maxBytesPerUnit = 3
/** Of JSON: a character written as `\udead`; and of quotes and comma around a text. */
const escapedBytes = 6
const quotedBytes = 3

/**
 * A pod as it came and as it was changed, with the status of what was done: the changed pod itself where it has that
 * already, and where its annotations have no room for it. A run over a pod whose status was left out leaves it out: of the
 * grace period it may know less.
 */
export function withStatus(original: V1Pod, changed: V1Pod, done: DoneByFeature, version: string): V1Pod {
  const status = JSON.stringify({ version, features: statusEntries(done) })
  const { metadata } = changed
  const present = metadata?.annotations?.[statusAnnotation]
  if (present === status) return changed
  const isAfterEarlierRun = changed === original && mayLackStatus(original)
  if (isAfterEarlierRun || roomBytes(changed) < Buffer.byteLength(status)) return changed
  const annotations = copyWith(metadata?.annotations, statusAnnotation, status)
  return { ...changed, metadata: { ...metadata, annotations } }
}

/** What the status says of each feature. */
export function statusEntries(done: DoneByFeature): Record<string, StatusEntry> {
  const named = mapEntries(done, withNames)
  const room = maxStatusBytes - frameBytes
  if (mostEntryBytes(done) <= room || Buffer.byteLength(JSON.stringify(named)) <= room) return named
  return mapEntries(done, withCount)
}

/** The most bytes that the entries can have in JSON, where a unit of UTF-16 is escaped at worst; nearly all have far fewer than they may. */
function mostEntryBytes(done: DoneByFeature): number {
  let length = 0
  for (const feature in done) {
    const { containers = [], set = '' } = done[feature] as Done
    length += feature.length + frameBytes + escapedBytes * set.length
    for (const name of containers) length += quotedBytes + escapedBytes * Math.min(name.length, maxNameLength)
  }
  return length
}

function mapEntries(done: DoneByFeature, change: (done: Done) => StatusEntry): Record<string, StatusEntry> {
  return Object.fromEntries(Object.entries(done).map(([feature, each]) => [feature, change(each)]))
}

function withNames(done: Done): StatusEntry {
  const { containers } = done
  return containers === undefined ? done : { ...done, containers: containers.map(containerName) }
}

function withCount(done: Done): StatusEntry {
  const { containers } = done
  return containers === undefined ? done : { ...done, containers: containers.length }
}

const maxNameLength = 63
const namePattern = /^[\w-]{1,63}$/

/** As an API server admits it; whoever asks may write others. */
function containerName(name: string): string {
  return namePattern.test(name) ? name : printable(name, maxNameLength)
}

/** True where a run may have left its status out: there is not surely room for it. */
export function mayLackStatus(pod: V1Pod): boolean {
  return roomBytes(pod) < maxStatusBytes
}

/** How long a status may be, so that the API server takes the pod; where there is plenty of room, less. */
function roomBytes({ metadata }: V1Pod): number {
  const annotations: Readonly<Record<string, unknown>> = metadata?.annotations ?? {}
  const plenty = annotationsLimitBytes - mostBytes(annotations)
  return plenty >= maxStatusBytes ? plenty : annotationsLimitBytes - countBytes(annotations)
}

/** The most bytes that they can have: counting them takes as long as all the rest where there are thousands of keys. */
function mostBytes(annotations: Readonly<Record<string, unknown>>): number {
  let length = statusAnnotation.length
  for (const key in annotations) {
    const value = annotations[key]
    length += key.length + (typeof value === 'string' ? value.length : annotationsLimitBytes)
  }
  return maxBytesPerUnit * length
}

function countBytes(annotations: Readonly<Record<string, unknown>>): number {
  let bytes = statusAnnotation.length
  for (const [key, value] of Object.entries(annotations)) {
    // Of any type, where nobody has looked at it yet.
    if (key !== statusAnnotation) bytes += Buffer.byteLength(key) + Buffer.byteLength(String(value))
  }
  return bytes
}

/** What a status says that a feature did; undefined where there is no status, or one that Longhaul can't have written. */
export function readStatus(pod: V1Pod, feature: string): StatusEntry | undefined {
  const text = pod.metadata?.annotations?.[statusAnnotation]
  if (typeof text !== 'string' || text.length > maxStatusBytes) return undefined
  try {
    return JSON.parse(text)?.features?.[feature]
  } catch {
    return undefined
  }
}
