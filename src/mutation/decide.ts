/** The whole decision for one pod: policy, mutation, patch. Webhook, workload check and preview share it. */

import type { V1Pod } from '@kubernetes/client-node'
import type { Config } from '../policy/config.ts'
import type { Policy } from '../policy/levels.ts'
import { policyFor } from '../policy/policies.ts'
import { type Mutation, mutate } from './mutate.ts'
import { type Operation, patchBetween } from './patch.ts'

export interface Namespace {
  name: string
  labels: Readonly<Record<string, string>>
}

export interface Decision {
  policy: Policy
  mutation: Mutation
  /** From the pod as it came to the pod as it shall be; empty where nothing changes. */
  patch: readonly Operation[]
}

/** Decides what becomes of a pod. Throws only where the object is not shaped like a pod. */
export function decide(pod: V1Pod, namespace: Namespace, config: Config): Decision {
  const policy = policyFor(
    {
      annotations: pod.metadata?.annotations,
      podLabels: pod.metadata?.labels,
      namespaceLabels: namespace.labels,
    },
    config,
  )
  const mutation = mutate(pod, policy, { config, namespace: namespace.name })
  return { policy, mutation, patch: patchBetween(pod, mutation.pod) }
}
