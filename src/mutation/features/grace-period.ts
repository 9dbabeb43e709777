/**
 * A grace period with room for the preStop hook, whose time counts against it: a hook as long as the grace
 * period ends in SIGKILL, without a SIGTERM that the application could act on.
 */

import type { V1Pod } from '@kubernetes/client-node'
import { wholeSeconds } from '../../policy/duration.ts'
import type { Policy } from '../../policy/levels.ts'
import { conflict, type Problem } from '../../policy/problems.ts'
import { appContainers, withSpec } from '../containers.ts'
import { type Context, type Feature, type Outcome, untouched } from '../feature.ts'
import { graceSeconds } from '../grace.ts'
import { type Hook, preStopHooks, presentHook } from '../pre-stop-hook.ts'
import { readStatus } from '../status.ts'

export const gracePeriod: Feature = { name: 'grace-period', apply }

function apply(pod: V1Pod, policy: Policy, context: Context): Outcome {
  const current = graceSeconds(pod)
  const hooks: Hook[] = []
  let hookSeconds = 0
  for (const container of appContainers(pod, policy)) {
    const possible = preStopHooks(container, pod, policy, context)
    const present = presentHook(container, possible)
    hooks.push(...possible, ...(present === undefined ? [] : [present]))
    hookSeconds = Math.max(hookSeconds, present?.seconds ?? 0)
  }
  const base = earlierBase(pod, current, policy, hooks) ?? current
  const target = Math.max(current, targetOf(policy, base, hookSeconds))
  const isTooShort = policy.values['grace-period'] !== 'auto' && hookSeconds > 0 && hookSeconds >= target
  const problems = isTooShort ? [tooShort(hookSeconds, target)] : []
  if (target === base) return untouched(pod, problems)
  return {
    pod: target === current ? pod : withSpec(pod, { terminationGracePeriodSeconds: target }),
    done: { from: base, to: target },
    problems,
  }
}

function targetOf({ values }: Policy, base: number, hookSeconds: number): number {
  const setting = values['grace-period']
  if (setting === 'off') return base
  return setting === 'auto' ? base + hookSeconds : wholeSeconds(setting)
}

/**
 * What the pod had before an earlier run raised it. The status annotation says so, and is believed only where
 * the time of one of our hooks leads from that to what is there: anybody may have written it.
 */
function earlierBase(
  pod: V1Pod,
  current: number,
  policy: Policy,
  hooks: readonly Hook[],
): number | undefined {
  const { from, to } = readStatus(pod, gracePeriod.name) ?? {}
  if (typeof from !== 'number' || from < 0 || to !== current) return undefined
  const fits = hooks.some(({ seconds }) => Math.max(from, targetOf(policy, from, seconds)) === current)
  return fits || targetOf(policy, from, 0) === current ? from : undefined
}

function tooShort(hookSeconds: number, seconds: number): Problem {
  const rule = `has ${seconds}s for a preStop hook of ${hookSeconds}s`
  const fix = 'use auto, or write more'
  return conflict('grace-period', 'the pod', rule, fix, 'The application may be killed without a SIGTERM.')
}
