/** What every feature is: a pure step from pod to pod, and an account of what it did. */

import type { V1Container, V1Pod } from '@kubernetes/client-node'
import type { Config } from '../policy/config.ts'
import type { Policy } from '../policy/levels.ts'
import type { Problem } from '../policy/problems.ts'
import type { DrainPorts } from './drain-ports.ts'
import type { Hook } from './pre-stop-hook.ts'

/** What a step may look at besides pod and policy. */
export interface Context {
  config: Config
  /** The namespace's name. */
  namespace: string
}

/** What a feature has set, for the status annotation and for people. */
export interface Done {
  containers?: readonly string[]
  /** In short: `sleep 5s`. */
  set?: string
  /** Seconds, where a number was raised. */
  from?: number
  to?: number
}

export interface Outcome {
  /** The same object where nothing changed; branches that did not change are shared. */
  pod: V1Pod
  /** Absent where the feature has no part in this pod; there also where an earlier run set it. */
  done?: Done
  problems: readonly Problem[]
}

/** What a feature may look at besides. Features change nothing that these depend on. */
export interface FeatureContext extends Context {
  /** The pod as it came, before any feature. */
  original: V1Pod
  /** The ports that its drains watch. */
  drainPorts: DrainPorts
  /** The preStop hooks for its app containers, the best first. */
  hooks: readonly Hook[]
  /** True for a container whose preStop hook an earlier run set, and nobody has changed since. */
  hasWrittenHook: (container: V1Container) => boolean
}

export interface Feature {
  /** Key in the status annotation, in logs and in summaries. */
  name: string
  apply(pod: V1Pod, policy: Policy, context: FeatureContext): Outcome
}

/** The outcome of a feature that has nothing to do. */
export function untouched(pod: V1Pod, problems: readonly Problem[] = []): Outcome {
  return { pod, problems }
}

const separator = '; '

/** What was set on several containers, in short, each text once. */
export function summaryOf(texts: readonly string[]): string {
  const [first = '', ...others] = texts
  return others.every(text => text === first) ? first : [...new Set(texts)].join(separator)
}

/** The texts that a summary was made of. */
export function textsOf(summary: string): string[] {
  return summary.split(separator)
}
