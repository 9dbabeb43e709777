/**
 * Patches as an API server takes them: applied by another implementation of RFC 6902 than the one that made them, and
 * compared with what preview shows. Loaded only with preview; admissions have no time for it.
 */

import { isDeepStrictEqual } from 'node:util'
import jsonPatch from 'fast-json-patch'
import type { Operation } from '../mutation/patch.ts'
import { objectPatch } from './json.ts'
import { title } from './located.ts'
import type { PlannedWorkload } from './plan.ts'
import { printableLine } from './printable.ts'

/** Throws where a patch of one of the workloads does not make what preview shows: a fault of Longhaul. */
export function checkPatches(workloads: readonly PlannedWorkload[]): void {
  for (const workload of workloads) {
    const { pod, decision, object, changed } = workload
    const { mutation, patch } = decision
    // What is left alone may be malformed, and was then looked at without its spec.
    checkPatch(workload, pod, patch, mutation.outcome === 'mutated' ? mutation.pod : pod)
    checkPatch(workload, object, objectPatch(workload), changed)
  }
}

/** Throws where a patch does not lead from one object to the other; the message names the workload. */
export function checkPatch(
  { object, namespace }: Pick<PlannedWorkload, 'object' | 'namespace'>,
  before: object,
  patch: readonly Operation[],
  after: object,
): void {
  if (isDeepStrictEqual(applied(before, patch), asJson(after))) return
  const whose = `${title(object)} in namespace ${printableLine(namespace)}`
  throw new Error(`the patch of ${whose} does not make what preview is to show`)
}

/** What comes of an object, which is not changed; undefined where the patch can't be applied. */
function applied(before: object, patch: readonly Operation[]): unknown {
  try {
    return jsonPatch.applyPatch(asJson(before), asJson(patch), true).newDocument
  } catch {
    return undefined
  }
}

/** A copy, as the API server gets it: without fields that are undefined. */
function asJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value))
}
