/** The change of a pod: every feature in turn, then the status. */

import type { V1Pod } from '@kubernetes/client-node'
import { type Policy, podPlace } from '../policy/levels.ts'
import { boundedProblems, type Problem } from '../policy/problems.ts'
import { version } from '../version.ts'
import { drainPorts } from './drain-ports.ts'
import type { Context, Done, Feature } from './feature.ts'
import { gracePeriod } from './features/grace-period.ts'
import { keepalivePreload } from './features/keepalive-preload.ts'
import { keepaliveSysctl } from './features/keepalive-sysctl.ts'
import { postStartSleep } from './features/post-start-sleep.ts'
import { preStop } from './features/pre-stop.ts'
import { probeGrace } from './features/probe-grace.ts'
import { readiness } from './features/readiness.ts'
import { preStopHooks } from './pre-stop-hook.ts'
import { type SkipReason, skipReason } from './skip.ts'
import { type DoneByFeature, withStatus } from './status.ts'
import { unknownContainers } from './unknown-containers.ts'
import { writtenHooks } from './written-hooks.ts'

/** In order: the grace period makes room for the hooks that are there by then, and probes go by what it was. */
const features: readonly Feature[] = [
  keepalivePreload,
  keepaliveSysctl,
  preStop,
  gracePeriod,
  probeGrace,
  postStartSleep,
  readiness,
]

export type Mutation =
  | {
      outcome: 'skipped'
      reason: SkipReason
      pod: V1Pod
      problems: readonly Problem[]
      /** What would be done, where that is all that is asked for. */
      audit?: DoneByFeature
    }
  | { outcome: 'mutated' | 'unchanged'; pod: V1Pod; done: DoneByFeature; problems: readonly Problem[] }

/**
 * The pod as its policy wants it. Pure: the input is not changed, the output shares every branch that did
 * not change, and a run over the output gives the output. Nothing that the user wrote is lost.
 */
export function mutate(pod: V1Pod, policy: Policy, context: Context): Mutation {
  const reason = skipReason(pod, policy, context)
  if (reason !== undefined) {
    return {
      outcome: 'skipped',
      reason,
      pod,
      problems: reason === 'not-asked' ? boundedProblems(ownProblems(policy), policy.untold.pod) : [],
    }
  }
  const found: Problem[] = [...policy.problems, ...unknownContainers(pod, policy)]
  const done: Record<string, Done> = {}
  let changed = pod
  const ports = drainPorts(pod, policy)
  const featureContext = {
    ...context,
    original: pod,
    drainPorts: ports,
    hooks: preStopHooks(pod, policy, ports, context),
    hasWrittenHook: writtenHooks(pod),
  }
  for (const feature of features) {
    const outcome = feature.apply(changed, policy, featureContext)
    changed = outcome.pod
    found.push(...outcome.problems)
    if (outcome.done !== undefined) done[feature.name] = outcome.done
  }
  const problems = boundedProblems(found, policy.untold.pod + policy.untold.namespace)
  if (policy.injection.isAudit === true) {
    return { outcome: 'skipped', reason: 'audit-only', pod, problems, audit: done }
  }
  if (Object.keys(done).length > 0) changed = withStatus(pod, changed, done, version)
  return { outcome: changed === pod ? 'unchanged' : 'mutated', pod: changed, done, problems }
}

/** What is wrong on the pod itself: a mistyped key may be why nothing is asked. */
function ownProblems(policy: Policy): Problem[] {
  return policy.problems.filter(({ place }) => place === podPlace)
}
