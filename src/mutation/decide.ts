/** The whole decision for one pod: policy, mutation, patch. Webhook, workload check and preview share it. */

import type { V1Pod } from '@kubernetes/client-node'
import type { Config } from '../policy/config.ts'
import type { Policy } from '../policy/levels.ts'
import { problemText } from '../policy/problems.ts'
import { type Mutation, mutate } from './mutate.ts'
import { type Operation, patchBetween } from './patch.ts'
import { podPolicy } from './pod-policy.ts'
import type { DoneByFeature } from './status.ts'

export interface Namespace {
  name: string
  labels: Readonly<Record<string, string>>
}

export interface Decision {
  policy: Policy
  mutation: Mutation
  /** From the pod as it came to the pod as it shall be; empty where nothing changes. */
  patch: readonly Operation[]
  /** Why the pod is refused, where the configuration is strict and a setting can't be used. */
  denial: string | undefined
}

export type Outcome = Mutation['outcome'] | 'audited' | 'denied'

/** The outcome in a word. */
export function outcomeOf({ mutation, denial }: Decision): Outcome {
  if (denial !== undefined) return 'denied'
  return auditOf(mutation) === undefined ? mutation.outcome : 'audited'
}

/** What would be done to a pod, where nothing is to be changed but said; undefined elsewhere. */
export function auditOf(mutation: Mutation): DoneByFeature | undefined {
  return mutation.outcome === 'skipped' ? mutation.audit : undefined
}

/** Decides what becomes of a pod. Throws only where the object is not shaped like a pod. */
export function decide(pod: V1Pod, namespace: Namespace, config: Config): Decision {
  const policy = podPolicy(pod, namespace.labels, config)
  const mutation = mutate(pod, policy, { config, namespace: namespace.name })
  const denial = denialFor(mutation, config)
  if (denial !== undefined) return { policy, mutation: withoutChange(mutation, pod), patch: [], denial }
  return { policy, mutation, patch: patchBetween(pod, mutation.pod), denial }
}

/** Of a pod that is denied nothing comes. */
function withoutChange({ problems }: Mutation, pod: V1Pod): Mutation {
  return { outcome: 'unchanged', pod, done: {}, problems }
}

/** What features meet in a pod is nobody's mistake, and denies nothing: only what somebody wrote does. */
function denialFor(mutation: Mutation, { strict }: Config): string | undefined {
  const { problems } = mutation
  const mistakes =
    strict && auditOf(mutation) === undefined ? problems.filter(({ value }) => value !== undefined) : []
  if (mistakes.length === 0) return undefined
  return `Longhaul denies this pod (strict): ${mistakes.map(problemText).join(' ')}`
}
