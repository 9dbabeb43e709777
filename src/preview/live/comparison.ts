/** Whether the cluster's Longhaul did to a pod what it is to do by the settings and the configuration. */

import type { V1Pod } from '@kubernetes/client-node'
import type { Installation } from '../../cluster/installation.ts'
import type { Decision } from '../../mutation/decide.ts'
import { skipReasons } from '../../mutation/skip.ts'
import {
  type DoneByFeature,
  type StatusEntry,
  statusAnnotation,
  statusEntries,
} from '../../mutation/status.ts'
import { version } from '../../version.ts'
import { restsOn, type Unread } from './unread.ts'

export interface Comparison {
  /** True where the cluster's Longhaul changed the pod, as its status tells. */
  isLonghaulsWork: boolean
  /** Where the cluster did something else than expected, a sentence each. */
  differences: readonly string[]
  /** What was not read and decides what to expect: where there is any, nothing is compared. */
  unread: readonly Unread[]
}

interface Subject {
  sent: V1Pod
  answered: V1Pod
  /** What is to become of the pod as it was sent. */
  expected: Decision
  /** What is left to do for the pod that came back. */
  remaining: Decision
  installation: Pick<Installation, 'isInstalled'>
  /** What could not be read, so that the expectation goes without. */
  unread: ReadonlySet<Unread>
}

/** Compares what the cluster did with what is expected, where enough could be read to expect anything. */
export function compare(subject: Subject): Comparison {
  const { sent, answered, expected, unread } = subject
  const status = statusOf(answered)
  const isLonghaulsWork = lacksRoom(expected)
    ? isComplete(subject) && expected.patch.length > 0
    : status !== undefined && status !== statusOf(sent)
  const differences = differencesIn(subject, status, isLonghaulsWork)
  // What was not read changes nothing, where Longhaul did just what is expected without it.
  const isConfirmed = isLonghaulsWork && differences.length === 0
  const needed = isConfirmed ? [] : restsOn(expected).filter(each => unread.has(each))
  return { isLonghaulsWork, differences: needed.length === 0 ? differences : [], unread: needed }
}

/** True where a status is left out, as the annotations of the pod have no room for it. */
function lacksRoom({ mutation }: Decision): boolean {
  return mutation.outcome === 'mutated' && statusOf(mutation.pod) === undefined
}

function isComplete({ remaining: { mutation } }: Subject): boolean {
  return mutation.outcome === 'unchanged'
}

function differencesIn(subject: Subject, status: string | undefined, isLonghaulsWork: boolean): string[] {
  const { expected, installation } = subject
  const done = doneOf(expected)
  if (expected.denial !== undefined) {
    return ['Longhaul is to deny the pod, as the configuration is strict, but the cluster admits it']
  }
  if (lacksRoom(expected) && isComplete(subject)) return []
  if (status === undefined) return Object.keys(done).length > 0 ? [absence(installation)] : []
  if (expected.mutation.outcome === 'skipped') {
    const reason = skipReasons[expected.mutation.reason]
    return isLonghaulsWork
      ? [`Longhaul changed a pod in the cluster that it is to leave alone: ${reason}`]
      : []
  }
  return isComplete(subject) ? [] : unlike(status, done)
}

function statusOf({ metadata }: V1Pod): string | undefined {
  return metadata?.annotations?.[statusAnnotation]
}

function doneOf({ mutation }: Decision): DoneByFeature {
  return mutation.outcome === 'skipped' ? {} : mutation.done
}

function absence({ isInstalled }: Subject['installation']): string {
  if (isInstalled === false) return 'Longhaul changed nothing: no webhook of it is in the cluster'
  const reasons =
    "its webhook was not called, or can't be reached and lets pods through (failurePolicy Ignore)"
  return `Longhaul changed nothing: ${reasons}${isInstalled === undefined ? ', or it is not installed' : ''}`
}

/** What differs between the status that the cluster wrote and the one that is expected. */
function unlike(status: string, expected: DoneByFeature): string[] {
  const actual = parseStatus(status)
  if (actual === undefined) return [`the status that Longhaul left in the cluster is not readable: ${status}`]
  const written = statusEntries(expected)
  const names = new Set([...Object.keys(actual.features), ...Object.keys(written)])
  const features = [...names].flatMap(name => {
    const [there, here] = [actual.features[name], written[name]].map(describe)
    return there === here ? [] : [`${name}: ${there} in the cluster, ${here} expected`]
  })
  const versions =
    actual.version === version ? [] : [`the cluster has Longhaul ${actual.version}, this is ${version}`]
  const all = [...versions, ...features]
  return all.length > 0 ? all : ['another webhook changed what Longhaul had set']
}

function parseStatus(
  text: string,
): { version: string; features: Readonly<Record<string, StatusEntry>> } | undefined {
  try {
    const { version: written, features } = JSON.parse(text)
    return { version: String(written), features: features ?? {} }
  } catch {
    return undefined
  }
}

function describe(done: StatusEntry | undefined): string {
  return done === undefined ? 'nothing' : JSON.stringify(done)
}
