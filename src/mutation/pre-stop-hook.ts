/** The preStop hooks that Longhaul sets, shared by the feature that sets them and the one that makes room. */

import type { V1Container, V1LifecycleHandler, V1Pod } from '@kubernetes/client-node'
import { formatDuration, parseDuration, wholeSeconds } from '../policy/duration.ts'
import { isAtLeast } from '../policy/kubernetes-version.ts'
import type { Policy } from '../policy/levels.ts'
import { covers } from './covers.ts'
import { binaryPath } from './delivery.ts'
import type { WatchedPorts } from './drain-ports.ts'
import type { Context, FeatureContext } from './feature.ts'
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

const noPorts: WatchedPorts = { only: [], not: [] }

/**
 * The hook that only sleeps, in its forms, the one to set first; none where there is nothing to wait for. The API server
 * refuses the action where it is longer than the grace period: then a program sleeps. The other form is that of a run
 * before another webhook changed the grace period.
 */
export function sleepHooks(milliseconds: number, graceSeconds: number, { config }: Context): Hook[] {
  if (milliseconds === 0) return []
  const seconds = wholeSeconds(milliseconds)
  const common = { seconds, summary: `sleep ${formatDuration(milliseconds)}` }
  const command = drainCommand(milliseconds, 0, noPorts)
  const hasAction = isAtLeast(config.kubernetesVersion, sleepActionSinceMinor)
  const isAction = hasAction && seconds <= graceSeconds
  const program = { ...common, handler: { exec: { command } }, needsFiles: true, isToSet: !isAction }
  if (!hasAction) return [program]
  const action = { ...common, handler: { sleep: { seconds } }, needsFiles: false, isToSet: isAction }
  return isAction ? [action, program] : [program, action]
}

/** The preStop hooks for every app container, the best first: what drains, then what only sleeps. */
export function preStopHooks(pod: V1Pod, policy: Policy, context: FeatureContext): readonly Hook[] {
  const sleepMs = milliseconds(policy.values['pre-stop-sleep'])
  const drainMs = milliseconds(policy.values['drain-timeout'])
  const sleeps = sleepHooks(sleepMs, hookLimitSeconds(pod, policy), context)
  const { watched } = context.drainPorts
  return watched === undefined ? sleeps : [drainHook(watched, sleepMs, drainMs), ...sleeps]
}

/** The preStop hook of a container, where it is one of the given, or one that Longhaul set in an earlier run. */
export function presentHook(container: V1Container, hooks: readonly Hook[]): Hook | undefined {
  const present = container.lifecycle?.preStop
  if (present == null) return undefined
  return hooks.find(({ handler }) => covers(present, handler)) ?? earlierHook(present)
}

/** A drain that other settings asked for; its time is read from its own options. */
function earlierHook(handler: V1LifecycleHandler): Hook | undefined {
  const [program, applet, ...options] = handler.exec?.command ?? []
  if (program !== binaryPath || applet !== 'drain') return undefined
  const optionMs = (name: string) => {
    const written = options.find(option => option.startsWith(`--${name}=`)) ?? ''
    return parseDuration(written.slice(written.indexOf('=') + 1)) ?? 0
  }
  const [sleepMs, drainMs] = [optionMs('sleep'), optionMs('timeout')]
  const seconds = wholeSeconds(sleepMs + drainMs)
  // Without its times, which anybody may have written: the status says that the pod has another hook than it should.
  return { handler, seconds, needsFiles: true, isToSet: false, summary: 'drain of an earlier run' }
}

function drainHook(ports: WatchedPorts, sleepMs: number, drainMs: number): Hook {
  return {
    handler: { exec: { command: drainCommand(sleepMs, drainMs, ports) } },
    seconds: wholeSeconds(sleepMs + drainMs),
    needsFiles: true,
    isToSet: true,
    summary: drainSummary(sleepMs, drainMs),
  }
}

function drainSummary(sleepMs: number, drainMs: number): string {
  const sleep = sleepMs === 0 ? [] : [`sleep ${formatDuration(sleepMs)}`]
  const drain = drainMs === 0 ? [] : [`drain ${formatDuration(drainMs)}`]
  return [...sleep, ...drain].join(', ')
}

function drainCommand(sleepMs: number, drainMs: number, { only, not }: WatchedPorts): string[] {
  const times = [`--sleep=${formatDuration(sleepMs)}`, `--timeout=${formatDuration(drainMs)}`]
  return [
    binaryPath,
    'drain',
    ...times,
    ...only.map(port => `--port=${port}`),
    ...not.map(port => `--not-port=${port}`),
  ]
}

function milliseconds(setting: number | 'off'): number {
  return setting === 'off' ? 0 : setting
}
