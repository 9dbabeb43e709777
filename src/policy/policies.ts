/** Policies that were resolved before: all pods of a workload ask for the same one. */

import type { Config } from './config.ts'
import { type Asked, type Policy, readSubject, resolveAsked, type Subject } from './levels.ts'
import type { OwnEntries } from './read-values.ts'

/** More workloads than that with settings of their own are rare; their policies are then resolved anew. */
const maxRemembered = 1000
/** An annotation can have 256 KiB, of whose keeping nobody would profit. */
const maxLength = 2000

const remembered = new WeakMap<Config, Map<string, Policy>>()

/** The policy for a pod, as resolvePolicy gives it; the very same one where the same settings came before. */
export function policyFor(subject: Subject, config: Config): Policy {
  const asked = readSubject(subject)
  if (lengthOf(asked) > maxLength) return resolveAsked(asked, config)
  const key = keyOf(asked)
  const policies = policiesOf(config)
  const known = policies.get(key)
  if (known !== undefined) return known
  const policy = resolveAsked(asked, config)
  if (policies.size >= maxRemembered) policies.clear()
  policies.set(key, policy)
  return policy
}

/** How long its keys and values are together. */
function lengthOf({ annotations, podLabels, namespaceLabels }: Asked): number {
  let length = 0
  for (const { entries } of [annotations, podLabels, namespaceLabels]) {
    for (const [key, value] of entries) {
      length += key.length + (typeof value === 'string' ? value.length : Number.POSITIVE_INFINITY)
    }
  }
  return length
}

function keyOf({ annotations, podLabels, namespaceLabels, runsToCompletion }: Asked): string {
  return JSON.stringify([runsToCompletion, ...[annotations, podLabels, namespaceLabels].map(flat)])
}

function flat({ entries, untold }: OwnEntries): readonly unknown[] {
  return untold === 0 ? entries : [...entries, untold]
}

function policiesOf(config: Config): Map<string, Policy> {
  const known = remembered.get(config)
  if (known !== undefined) return known
  const policies = new Map<string, Policy>()
  remembered.set(config, policies)
  return policies
}
