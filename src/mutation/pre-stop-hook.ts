/** The preStop hooks that Longhaul sets, shared by the feature that sets them and the one that makes room. */

import type { V1Container, V1LifecycleHandler, V1Pod } from '@kubernetes/client-node'
import { formatDuration, parseDuration, wholeSeconds } from '../policy/duration.ts'
import { isAtLeast } from '../policy/kubernetes-version.ts'
import type { Policy } from '../policy/levels.ts'
import { lastingContainers } from './containers.ts'
import { covers } from './covers.ts'
import { binaryPath } from './delivery.ts'
import type { DrainPorts, WatchedPorts } from './drain-ports.ts'
import type { Context } from './feature.ts'
import { hookLimitSeconds } from './grace.ts'

/** `sleep` as a lifecycle action is on by default since Kubernetes 1.30 (KEP-3960). */
const sleepActionSinceMinor = 30

/** A hook, how long it may take, and whether it needs the native files. */
export interface Hook {
  handler: V1LifecycleHandler
  seconds: number
  needsFiles: boolean
  /** False where it is only recognised. */
  isToSet: boolean
  /** In short, for the status: `sleep 5s, drain 30s`. */
  summary: string
}

/** A call of the binary's applet of that name. */
interface Drain {
  sleepMs: number
  /** 0 where it only sleeps. */
  drainMs: number
  /** How long connections have to be quiet to be hung up meanwhile; 0 where none is. */
  quietMs: number
  watched: WatchedPorts
}

const noPorts: WatchedPorts = { only: [], not: [] }

/**
 * The hook that only sleeps, in its forms, the one to set first; none where there is nothing to wait for. The API server
 * refuses the action where it is longer than the grace period: then a program sleeps. The other form is that of a run
 * before another webhook changed the grace period.
 */
export function sleepHooks(milliseconds: number, graceSeconds: number, { config }: Context): Hook[] {
  if (milliseconds === 0) return []
  const seconds = wholeSeconds(milliseconds)
  const hasAction = isAtLeast(config.kubernetesVersion, sleepActionSinceMinor)
  const isAction = hasAction && seconds <= graceSeconds
  const drain = { sleepMs: milliseconds, drainMs: 0, quietMs: 0, watched: noPorts }
  const program = { ...drainHook(drain), isToSet: !isAction }
  if (!hasAction) return [program]
  const handler = { sleep: { seconds } }
  const action = { handler, seconds, needsFiles: false, isToSet: isAction, summary: sleepSummary(seconds) }
  return isAction ? [action, program] : [program, action]
}

/** The preStop hooks for every app container, the best first: what drains, then what only sleeps. */
export function preStopHooks(
  pod: V1Pod,
  policy: Policy,
  { watched }: DrainPorts,
  context: Context,
): readonly Hook[] {
  const sleepMs = milliseconds(policy.values['pre-stop-sleep'])
  const drainMs = milliseconds(policy.values['drain-timeout'])
  const quietMs = milliseconds(policy.values['drain-hangup'])
  const sleeps = sleepHooks(sleepMs, hookLimitSeconds(pod, policy), context)
  return watched === undefined ? sleeps : [drainHook({ sleepMs, drainMs, quietMs, watched }), ...sleeps]
}

/**
 * The preStop hook of a container, where it is one of the given, or one that Longhaul set in an earlier run; that `isWritten`
 * says, or its program.
 */
export function presentHook(
  container: V1Container,
  hooks: readonly Hook[],
  isWritten: boolean,
): Hook | undefined {
  const present = container.lifecycle?.preStop
  if (present == null) return undefined
  return hooks.find(({ handler }) => covers(present, handler)) ?? earlierHook(present, isWritten)
}

/** A hook that other settings asked for; its time is read from its own options. */
function earlierHook(handler: V1LifecycleHandler, isWritten: boolean): Hook | undefined {
  const ownSeconds = drainSeconds(handler)
  const seconds = ownSeconds ?? handler.sleep?.seconds
  const needsFiles = ownSeconds !== undefined
  if (seconds === undefined || !(needsFiles || isWritten)) return undefined
  return { handler, seconds, needsFiles, isToSet: false, summary: hookSummary(handler) ?? 'of another form' }
}

/** The summary of a hook as Longhaul writes it; undefined for one of another form. */
export function hookSummary(handler: V1LifecycleHandler): string | undefined {
  const { sleep } = handler
  if (sleep != null) return Number.isSafeInteger(sleep.seconds) ? sleepSummary(sleep.seconds) : undefined
  const drain = readDrain(handler)
  const isUnchanged = drain !== undefined && covers(handler.exec?.command, drainCommand(drain))
  return isUnchanged ? drainSummary(drain) : undefined
}

/** The ports that a pod's drain waits for, by the hooks that it has; undefined where it has none that drains. */
export function drainedPorts(pod: V1Pod): WatchedPorts | undefined {
  const hooks = lastingContainers(pod).flatMap(({ lifecycle }) => lifecycle?.preStop ?? [])
  return hooks.map(readDrain).find(drain => drain !== undefined && drain.drainMs > 0)?.watched
}

/** How long Longhaul's own program takes at most as a hook, in seconds; undefined for other hooks. */
export function drainSeconds(handler: V1LifecycleHandler): number | undefined {
  const drain = readDrain(handler)
  return drain === undefined ? undefined : wholeSeconds(drain.sleepMs + drain.drainMs)
}

function readDrain({ exec }: V1LifecycleHandler): Drain | undefined {
  const [program, applet, ...options] = exec?.command ?? []
  if (program !== binaryPath || applet !== 'drain') return undefined
  const valuesOf = (name: string) =>
    options.filter(each => each.startsWith(`--${name}=`)).map(each => each.slice(name.length + 3))
  const optionMs = (name: string) => parseDuration(valuesOf(name)[0] ?? '') ?? 0
  return {
    sleepMs: optionMs('sleep'),
    drainMs: optionMs('timeout'),
    quietMs: optionMs('hangup-quiet'),
    watched: { only: valuesOf('port').map(Number), not: valuesOf('not-port').map(Number) },
  }
}

function drainHook(drain: Drain): Hook {
  return {
    handler: { exec: { command: drainCommand(drain) } },
    seconds: wholeSeconds(drain.sleepMs + drain.drainMs),
    needsFiles: true,
    isToSet: true,
    summary: drainSummary(drain),
  }
}

function sleepSummary(seconds: number): string {
  return `sleep ${formatDuration(seconds * 1000)}`
}

function drainSummary({ sleepMs, drainMs, quietMs, watched: { only, not } }: Drain): string {
  const sleep = sleepMs === 0 ? [] : [`sleep ${formatDuration(sleepMs)}`]
  const drain = drainMs === 0 ? [] : [`drain ${formatDuration(drainMs)}`]
  const ports = [
    ...(only.length === 0 ? [] : [` on ${only.join(' ')}`]),
    ...(not.length === 0 ? [] : [` but for ${not.join(' ')}`]),
  ]
  const hangup = quietMs === 0 ? [] : [`, hang up what is quiet for ${formatDuration(quietMs)}`]
  return [...sleep, ...drain].join(', ') + ports.join('') + hangup.join('')
}

function drainCommand({ sleepMs, drainMs, quietMs, watched: { only, not } }: Drain): string[] {
  const times = [`--sleep=${formatDuration(sleepMs)}`, `--timeout=${formatDuration(drainMs)}`]
  return [
    binaryPath,
    'drain',
    ...times,
    ...(quietMs === 0 ? [] : [`--hangup-quiet=${formatDuration(quietMs)}`]),
    ...only.map(port => `--port=${port}`),
    ...not.map(port => `--not-port=${port}`),
  ]
}

function milliseconds(setting: number | 'off'): number {
  return setting === 'off' ? 0 : setting
}
