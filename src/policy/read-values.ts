/** Reading a map of settings, from wherever it stands, into values and problems. */

import { nearest } from './nearest.ts'
import { maxProblems, type Problem } from './problems.ts'
import { isKey, type Key, keyPrefix, keys, type PartialValues, type Place, settingOf } from './settings.ts'
import type { Rejection } from './value-types.ts'

export interface Reading {
  values: PartialValues
  rejections: readonly KeyRejection[]
}

/** An entry that can't be used. `known` where its key is that of a setting. */
export interface KeyRejection extends Rejection {
  key: string
  value: string
  known: boolean
}

/** Reads keys without prefix, as in a profile. */
export function readValues(entries: Iterable<readonly [string, unknown]>, place: Place): Reading {
  const values: Record<string, unknown> = {}
  const rejections: KeyRejection[] = []
  for (const [key, value] of entries) {
    // Of more problems only the number is told.
    const parsed = readValue(key, value, place, rejections.length < maxProblems)
    if ('value' in parsed) values[key] = parsed.value
    else
      rejections.push({
        key,
        value: typeof value === 'string' ? value : JSON.stringify(value),
        known: isKey(key),
        ...parsed,
      })
  }
  return { values: values as PartialValues, rejections }
}

/** What a map of annotations or labels holds of Longhaul's: bounded, since a map of 256 KiB has room for thousands. */
export interface OwnEntries {
  /** Without prefix, in their order: those of settings, and as many others as problems are told of. */
  entries: readonly (readonly [string, unknown])[]
  /** How many more others there are. */
  untold: number
}

/** By their whole names, which need not be cut then: the keys of a parsed object are found without being hashed. */
const keysByName: ReadonlyMap<string, Key> = new Map(keys.map(key => [`${keyPrefix}${key}`, key]))

/** The annotation in which Longhaul notes what it did; no setting, though it has the prefix. */
export const statusKey = 'status'

/** By which a Service, or a namespace for all of its own, keeps the node agent away from its connections. */
export const staleConnectionsKey = 'stale-connections'

/** What has the prefix and is no setting: also what namespaces and pods say to the guard against forced deletion. */
const otherNames: ReadonlySet<string> = new Set(
  [statusKey, staleConnectionsKey, 'force-delete'].map(key => `${keyPrefix}${key}`),
)

/** The entries that concern settings. Looks at each key once. */
export function settingEntries(map: Readonly<Record<string, unknown>> | null | undefined): OwnEntries {
  const entries: (readonly [string, unknown])[] = []
  let others = 0
  for (const name of Object.keys(map ?? {})) {
    if (!name.startsWith(keyPrefix) || otherNames.has(name)) continue
    const key = keysByName.get(name)
    if (key === undefined) others += 1
    if (key !== undefined || others <= maxProblems) {
      entries.push([key ?? name.slice(keyPrefix.length), map?.[name]])
    }
  }
  return { entries, untold: Math.max(0, others - maxProblems) }
}

function readValue(
  key: string,
  value: unknown,
  place: Place,
  suggests: boolean,
): { value: unknown } | Rejection {
  if (!isKey(key)) return unknownKey(key, place, suggests)
  const { type, places, default: standard, example } = settingOf(key)
  if (!places.includes(place)) {
    return { rule: `can't be ${placeNames[place]}`, fix: `write it as ${placeNames[places[0]]}` }
  }
  if (typeof value === 'string') {
    return value.length > type.maxLength
      ? { rule: `is longer than ${type.maxLength} characters`, fix: 'shorten it' }
      : type.parse(value, example ?? standard ?? '')
  }
  // Kubernetes takes only strings in annotations and labels; a configuration file may hold plain numbers.
  const configurable = typeof value === 'number' && (place === 'profile' || place === 'defaults')
  if (configurable) return type.parse(String(value), example ?? standard ?? '')
  return { rule: 'is not a string', fix: 'put it in quotes' }
}

const placeNames: Record<Place, string> = {
  annotation: "a pod's annotation",
  label: 'a label',
  profile: 'part of a profile',
  defaults: 'a default',
}

function unknownKey(key: string, place: Place, suggests: boolean): Rejection {
  const prefix = place === 'annotation' || place === 'label' ? keyPrefix : ''
  const similar = suggests ? nearest(key, keys) : undefined
  const fix = similar === undefined ? 'see the reference of settings' : `write ${prefix}${similar}`
  return { rule: 'is not a setting', fix }
}

/** A rejection where it stands, as a problem. */
export function problemOf(rejection: KeyRejection, place: string, effect: string): Problem {
  const { key, value, rule, fix } = rejection
  return { key, value, place, rule, fix, effect }
}
