/** From what to what the grace period of a pod is raised: shared by the features that go by it. */

import type { V1Container, V1Pod } from '@kubernetes/client-node'
import { wholeSeconds } from '../policy/duration.ts'
import type { Policy } from '../policy/levels.ts'
import { appContainers } from './containers.ts'
import { hasFiles } from './delivery.ts'
import type { FeatureContext } from './feature.ts'
import { graceSeconds } from './grace.ts'
import { presentHook } from './pre-stop-hook.ts'
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
  const { hooks, hasWrittenHook } = context
  const secondsOf = (container: V1Container) =>
    presentHook(container, hooks, hasWrittenHook(container))?.seconds ?? 0
  const secondsIn = (each: V1Pod) => appContainers(each, policy).map(secondsOf)
  const hookSeconds = Math.max(0, ...secondsIn(pod))
  const earlier = secondsIn(context.original)
  const possibleSeconds = new Set([...hooks.map(({ seconds }) => seconds), ...earlier])
  const baseSeconds =
    earlierBase(context.original, currentSeconds, policy, possibleSeconds) ??
    baseWithoutStatus(context.original, currentSeconds, policy, earlier)
  // What an earlier run added for a hook of its own is Longhaul's to take back.
  const isOwnRaise = appContainers(context.original, policy)
    .filter(hasWrittenHook)
    .some(each => targetOf(policy, baseSeconds, secondsOf(each)) === currentSeconds)
  const leastSeconds = isOwnRaise ? baseSeconds : currentSeconds
  const wanted = Math.max(leastSeconds, targetOf(policy, baseSeconds, hookSeconds))
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
 * The same where there is no status, for want of room or because somebody took it away: hooks of ours that came with the pod
 * tell that an earlier run set them, and made room for them. Hooks just like them that somebody wrote by hand leave the
 * application as much, unless they stand beside containers without.
 */
function baseWithoutStatus(
  pod: V1Pod,
  current: number,
  policy: Policy,
  hookSeconds: readonly number[],
): number {
  if (policy.values['grace-period'] !== 'auto' || !isAfterEarlierRun(pod, policy)) return current
  const longest = Math.max(0, ...hookSeconds)
  // Without room for it, or too large to have been raised.
  const isRaised = current >= longest && current + longest <= maxGraceSeconds
  return isRaised ? current - longest : current
}

/** True where a pod may have been changed before, though no status says so. */
function isAfterEarlierRun(pod: V1Pod, policy: Policy): boolean {
  if (mayLackStatus(pod)) return true
  if (readStatus(pod, gracePeriodName) !== undefined) return false
  return hasFiles(pod) || appContainers(pod, policy).every(({ lifecycle }) => lifecycle?.preStop != null)
}
