/** TCP keepalive on every socket of the application, by a library that the dynamic linker loads first. */

import type { V1Container, V1EnvVar, V1Pod } from '@kubernetes/client-node'
import { wholeSeconds } from '../../policy/duration.ts'
import type { Policy } from '../../policy/levels.ts'
import { conflict, containerPlace, type Problem } from '../../policy/problems.ts'
import { maxUserTimeoutMs, type Values } from '../../policy/settings.ts'
import { appContainers, changeContainers, nativeSidecars } from '../containers.ts'
import { deliver, libraryPath } from '../delivery.ts'
import { type Context, type Feature, type Outcome, untouched } from '../feature.ts'

const preloadVariable = 'LD_PRELOAD'
const timersVariable = 'LONGHAUL_KEEPALIVE'

export const keepalivePreload: Feature = { name: 'keepalive-preload', apply }

function apply(pod: V1Pod, policy: Policy, context: Context): Outcome {
  const { keepalive } = policy.values
  if (keepalive !== 'preload' && keepalive !== 'both') return untouched(pod)
  const candidates = [...nativeSidecars(pod, policy), ...appContainers(pod, policy)]
  const blocked = candidates.filter(container => preloadOf(container)?.valueFrom != null)
  const open = candidates.filter(container => !blocked.includes(container))
  const { pod: delivered, reached, problems } = deliver(pod, open, 'keepalive', context)
  const timers = timersOf(policy.values)
  const changed = changeContainers(delivered, reached, container => preload(container, timers))
  return {
    pod: changed,
    ...(reached.length === 0 ? {} : { done: { containers: reached, set: timersSet(changed, reached) } }),
    problems: [
      ...blocked.map(unreadablePreload),
      ...problems,
      ...open.filter(each => hasOtherTimers(each, timers)).map(ownTimersProblem),
    ],
  }
}

/** The entry that holds: of several with one name, the kubelet takes the last. */
function preloadOf(container: V1Container): V1EnvVar | undefined {
  return container.env?.findLast(({ name }) => name === preloadVariable)
}

function preload(container: V1Container, timers: string): V1Container {
  const env = withTimers(withLibrary(container.env ?? [], preloadOf(container)), timers)
  return env === container.env ? container : { ...container, env }
}

function withLibrary(env: V1EnvVar[], present: V1EnvVar | undefined): V1EnvVar[] {
  if (present === undefined) return [...env, { name: preloadVariable, value: libraryPath }]
  const libraries = present.value ?? ''
  // The dynamic linker takes colons and spaces between libraries.
  if (libraries.split(/[: ]+/).includes(libraryPath)) return env
  const value = libraries === '' ? libraryPath : `${libraries}:${libraryPath}`
  return env.map(each => (each === present ? { ...present, value } : each))
}

function timersEntry({ env }: V1Container): V1EnvVar | undefined {
  return env?.findLast(({ name }) => name === timersVariable)
}

function hasOtherTimers(container: V1Container, timers: string): boolean {
  const present = timersEntry(container)
  return present !== undefined && present.value !== timers
}

/** What the containers have now, which need not be what the settings say. */
function timersSet(pod: V1Pod, names: readonly string[]): string {
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]
  const chosen = containers.filter(({ name }) => names.includes(name))
  return [...new Set(chosen.map(each => timersEntry(each)?.value ?? 'from valueFrom'))].join('; ')
}

function withTimers(env: V1EnvVar[], timers: string): V1EnvVar[] {
  const isThere = env.some(({ name }) => name === timersVariable)
  return isThere ? env : [...env, { name: timersVariable, value: timers }]
}

/** The variable that the library reads: seconds, seconds, a count, milliseconds (0: not set). */
function timersOf(values: Values): string {
  const idle = wholeSeconds(values['keepalive-idle'])
  const interval = wholeSeconds(values['keepalive-interval'])
  const probes = values['keepalive-probes']
  const userTimeoutMs = userTimeout(values['user-timeout'], (idle + interval * probes) * 1000)
  return `idle=${idle},interval=${interval},probes=${probes},user_timeout=${userTimeoutMs}`
}

function userTimeout(setting: Values['user-timeout'], keepaliveMs: number): number {
  if (setting === 'off') return 0
  return setting === 'auto' ? Math.min(keepaliveMs, maxUserTimeoutMs) : setting
}

function ownTimersProblem({ name }: V1Container): Problem {
  const rule = `sets ${timersVariable} itself`
  return conflict('keepalive', containerPlace(name), rule, 'remove it for the new timers', 'It stays.')
}

function unreadablePreload({ name }: V1Container): Problem {
  return conflict(
    'keepalive',
    containerPlace(name),
    `takes ${preloadVariable} from valueFrom`,
    'write it as a value, or use sysctl',
    'It is left alone.',
  )
}
