/** From what to what the grace period of a pod is raised: shared by the features that go by it. */

import type { V1Pod } from '@kubernetes/client-node'
import { wholeSeconds } from '../policy/duration.ts'
import type { Policy } from '../policy/levels.ts'
import { appContainers } from './containers.ts'
import type { FeatureContext } from './feature.ts'
import { graceSeconds } from './grace.ts'
import { preStopHooks, presentHook } from './pre-stop-hook.ts'
import { mayLackStatus, readStatus } from './status.ts'

/** The name of the feature under which the status keeps both numbers. */
export const gracePeriodName = 'grace-period'

/**
 * The longest that is set: the API server adds a grace period to a time as nanoseconds in an int64 (Go's time.Duration),
 * and with more a pod would be past its deletion at once. Numbers beyond 2^53 come rounded from JSON besides.
 */
export const maxGraceSeconds = 9_223_372_036

export interface GraceRaise {
  /** What the pod had before Longhaul. */
  baseSeconds: number
  /** What the pod had when it came to this run. */
  currentSeconds: number
  targetSeconds: number
  /** The longest preStop hook of Longhaul's that is there by now. */
  hookSeconds: number
  /** True where the sum is longer than `maxGraceSeconds`. */
  isTooLarge: boolean
}

/** The raise for a pod that has its hooks already. */
export function graceRaise(pod: V1Pod, policy: Policy, context: FeatureContext): GraceRaise {
  const currentSeconds = graceSeconds(context.original)
  const hooks = preStopHooks(pod, policy, context)
  const originals = appContainers(context.original, policy)
  const possibleSeconds = new Set(hooks.map(({ seconds }) => seconds))
  let hookSeconds = 0
  let earlierSeconds = 0
  for (const [index, container] of appContainers(pod, policy).entries()) {
    const present = presentHook(container, hooks)
    if (present !== undefined) possibleSeconds.add(present.seconds)
    hookSeconds = Math.max(hookSeconds, present?.seconds ?? 0)
    const isOfEarlierRun = originals[index]?.lifecycle?.preStop != null
    if (isOfEarlierRun) earlierSeconds = Math.max(earlierSeconds, present?.seconds ?? 0)
  }
  const baseSeconds =
    earlierBase(context.original, currentSeconds, policy, possibleSeconds) ??
    baseWithoutStatus(context.original, currentSeconds, policy, earlierSeconds)
  const wanted = Math.max(currentSeconds, targetOf(policy, baseSeconds, hookSeconds))
  const isRaise = policy.values['grace-period'] === 'auto' ? hookSeconds > 0 : wanted > currentSeconds
  const isTooLarge = isRaise && wanted > maxGraceSeconds
  const targetSeconds = isTooLarge ? currentSeconds : wanted
  return { baseSeconds, currentSeconds, targetSeconds, hookSeconds, isTooLarge }
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
  hookSeconds: ReadonlySet<number>,
): number | undefined {
  const { from, to } = readStatus(pod, gracePeriodName) ?? {}
  if (from === undefined || !Number.isSafeInteger(from) || from < 0 || to !== current) return undefined
  const fits = [...hookSeconds].some(each => Math.max(from, targetOf(policy, from, each)) === current)
  return fits || targetOf(policy, from, 0) === current ? from : undefined
}

/**
 * The same where a status may have been left out for want of room: a hook of ours that came with the pod tells that an
 * earlier run set it, and made room for it.
 */
function baseWithoutStatus(pod: V1Pod, current: number, { values }: Policy, hookSeconds: number): number {
  if (hookSeconds === 0 || values['grace-period'] !== 'auto' || !mayLackStatus(pod)) return current
  // Without room for it, or too large to have been raised.
  const isRaised = current >= hookSeconds && current + hookSeconds <= maxGraceSeconds
  return isRaised ? current - hookSeconds : current
}
