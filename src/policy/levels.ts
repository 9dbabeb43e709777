/**
 * Which value holds for a pod. For each key the most specific level that sets it wins: the pod's annotations,
 * then the profile that the pod names; what a pod that runs to completion has no use for; the namespace's labels, then the
 * profile that the namespace names; then the cluster's defaults; then the table's.
 */

import type { Config } from './config.ts'
import { nearest } from './nearest.ts'
import type { Problem } from './problems.ts'
import {
  type KeyRejection,
  type OwnEntries,
  problemOf,
  type Reading,
  readValues,
  settingEntries,
} from './read-values.ts'
import { formatValue, isKey, type Key, keys, type PartialValues, settingOf, type Values } from './settings.ts'
import { withoutEffect } from './without-effect.ts'

/** Where a value comes from, as it is printed: `the pod`, `profile http of the namespace`, `the defaults`. */
export type Source = string

/** The pod's own annotations, as a source and as the place of a problem. */
export const podPlace: Source = 'the pod'
const clusterSource: Source = "the cluster's defaults"
const tableSource: Source = 'the defaults'
const nobody: Source = 'nobody'

/** Whether a pod is to be changed, and who says so. */
export interface Injection {
  asked: boolean
  /** True where somebody said no; false where nobody said anything. */
  refused: boolean
  /** True where it is only to be said what would be changed. */
  isAudit?: true
  source: Source
}

export interface Policy {
  values: Values
  sources: Readonly<Record<Key, Source>>
  injection: Injection
  problems: readonly Problem[]
  /** How many more problems there are like the last ones of a place that has more of them than are told. */
  untold: Readonly<{ pod: number; namespace: number }>
}

/** The maps of a pod and its namespace that settings may stand in; values as they came, of any type. */
export interface Subject {
  annotations: Readonly<Record<string, unknown>> | undefined
  podLabels: Readonly<Record<string, unknown>> | undefined
  namespaceLabels: Readonly<Record<string, unknown>> | undefined
  /** True for a pod of a Job, or another that is made to end by itself. */
  runsToCompletion?: boolean
}

/** What a policy depends on besides the configuration. */
export interface Asked {
  annotations: OwnEntries
  podLabels: OwnEntries
  namespaceLabels: OwnEntries
  runsToCompletion: boolean
}

interface Level {
  source: Source
  values: PartialValues
  rejections: readonly KeyRejection[]
}

const tableLevel: Level = { source: tableSource, ...tableDefaults() }

/** Pods that run to completion take no traffic: nothing waits for it to end or to begin, unless the pod itself asks. */
const completionLevel: Level = {
  source: 'the rule for pods that run to completion',
  values: {
    'pre-stop-sleep': 'off',
    'drain-timeout': 'off',
    'drain-hangup': 'off',
    // Room for the hooks that the pod itself asks for, and no more.
    'grace-period': 'auto',
    'post-start-sleep': 'off',
    readiness: 'off',
  },
  rejections: [],
}

/** Of all that stands in the maps, what concerns Longhaul. */
export function readSubject({ annotations, podLabels, namespaceLabels, runsToCompletion }: Subject): Asked {
  return {
    annotations: settingEntries(annotations),
    podLabels: settingEntries(podLabels),
    namespaceLabels: settingEntries(namespaceLabels),
    runsToCompletion: runsToCompletion === true,
  }
}

/** The policy for a pod. Never fails: what can't be used becomes a problem, and the next level holds. */
export function resolvePolicy(subject: Subject, config: Config): Policy {
  return resolveAsked(readSubject(subject), config)
}

/** The same where the maps were read already. */
export function resolveAsked(asked: Asked, config: Config): Policy {
  const pod = readLevel(asked.annotations, 'annotation', podPlace)
  const namespace = readLevel(asked.namespaceLabels, 'label', 'the namespace')
  const levels = [
    ...withProfile(pod, config),
    ...(asked.runsToCompletion ? [completionLevel] : []),
    ...withProfile(namespace, config),
    { source: clusterSource, values: config.defaults, rejections: [] },
    tableLevel,
  ]
  const { values, sources } = resolveKeys(levels)
  const problems = [
    ...levels.flatMap(level => level.rejections.map(each => explain(each, level.source, values, sources))),
    ...withoutEffect({ values, sources }, podPlace),
    ...misplacedLabels(asked.podLabels),
  ]
  const untold = { pod: asked.annotations.untold, namespace: asked.namespaceLabels.untold }
  return { values, sources, injection: injection(pod, namespace), problems, untold }
}

function tableDefaults(): Reading {
  const written = keys.flatMap(key => {
    const text = settingOf(key).default
    return text === undefined ? [] : [[key, settingOf(key).type.parse(text, text)] as const]
  })
  const values = written.map(([key, parsed]) => [key, 'value' in parsed ? parsed.value : undefined])
  return { values: Object.fromEntries(values) as PartialValues, rejections: [] }
}

function readLevel({ entries }: OwnEntries, place: 'annotation' | 'label', source: Source): Level {
  return { source, ...readValues(entries, place) }
}

/** A level, and the profile that it names as a level below it. */
function withProfile(level: Level, config: Config): Level[] {
  const name = level.values.profile
  if (name === undefined) return [level]
  const values = config.profiles.get(name)
  if (values !== undefined) {
    return [level, { source: `profile ${name} of ${level.source}`, values, rejections: [] }]
  }
  const { profile: _, ...rest } = level.values
  const known = [...config.profiles.keys()]
  const rejection = {
    key: 'profile',
    value: name,
    known: true,
    rule: 'is not a profile',
    fix: `write ${nearest(name, known) ?? `one of ${known.join(', ')}`}`,
  }
  return [{ ...level, values: rest, rejections: [...level.rejections, rejection] }]
}

function resolveKeys(levels: readonly Level[]): Pick<Policy, 'values' | 'sources'> {
  const values: Partial<Record<Key, unknown>> = {}
  const sources = {} as Record<Key, Source>
  for (const key of keys) {
    const level = levels.find(each => each.values[key] !== undefined)
    values[key] = level?.values[key]
    sources[key] = level?.source ?? nobody
  }
  return { values: values as Values, sources }
}

function explain(
  rejection: KeyRejection,
  place: Source,
  values: Values,
  sources: Policy['sources'],
): Problem {
  const { key } = rejection
  if (!isKey(key) || values[key] === undefined) return problemOf(rejection, place, 'It has no effect.')
  return problemOf(rejection, place, `Using ${formatValue(key, values[key])} from ${sources[key]}.`)
}

/** Other injectors read labels of the pod, so people try them here. */
function misplacedLabels({ entries }: OwnEntries): Problem[] {
  const settingLabels = entries.filter(([key]) => isKey(key))
  return settingLabels.map(([key, value]) => ({
    key,
    value: String(value),
    place: podPlace,
    rule: 'is a label',
    fix: 'write it as an annotation',
    effect: 'It has no effect.',
  }))
}

/**
 * A word of the pod's own decides, then its namespace's. Where neither speaks, any other setting on the pod
 * asks. So the label `false` keeps out pods that only have settings, and a pod's `true` overrides it.
 */
function injection(pod: Level, namespace: Level): Injection {
  const said = [pod, namespace].find(level => level.values.inject !== undefined)
  if (said !== undefined) {
    const word = said.values.inject
    const refused = word === 'false'
    return { asked: !refused, refused, ...(word === 'audit' ? { isAudit: true } : {}), source: said.source }
  }
  const mistyped = pod.rejections.some(({ key, known }) => known && key !== 'inject')
  const asked = mistyped || Object.keys(pod.values).length > 0
  return { asked, refused: false, source: asked ? "the pod's settings" : nobody }
}

/** True where somebody set a key, rather than the table. */
export function isSet(policy: Policy, key: Key): boolean {
  return policy.sources[key] !== tableSource && policy.sources[key] !== nobody
}

/** True where the pod or its namespace sets a key, itself or by a profile, rather than the cluster's defaults. */
export function isSetNearby(policy: Policy, key: Key): boolean {
  return isSet(policy, key) && policy.sources[key] !== clusterSource
}
