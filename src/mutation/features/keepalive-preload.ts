/** TCP keepalive on every socket of the application, by a library that the dynamic linker loads first. */

import type { V1Container, V1EnvVar, V1Pod } from '@kubernetes/client-node'
import { keepaliveTimers } from '../../policy/keepalive-timers.ts'
import { formatKeepaliveVariable, keepaliveVariable } from '../../policy/keepalive-variable.ts'
import type { Policy } from '../../policy/levels.ts'
import { conflict, containerPlace, type Problem } from '../../policy/problems.ts'
import { appContainers, changeContainers, nativeSidecars } from '../containers.ts'
import { deliver, libraryPath } from '../delivery.ts'
import { type Context, type Feature, type Outcome, summaryOf, untouched } from '../feature.ts'

const preloadVariable = 'LD_PRELOAD'

export const keepalivePreload: Feature = { name: 'keepalive-preload', apply }

/** A container and the entries of its environment that matter here; of several with one name the last holds. */
interface Candidate {
  container: V1Container
  preload: V1EnvVar | undefined
  timers: V1EnvVar | undefined
}

function apply(pod: V1Pod, policy: Policy, context: Context): Outcome {
  const { keepalive } = policy.values
  if (keepalive !== 'preload' && keepalive !== 'both') return untouched(pod)
  const candidates = [...nativeSidecars(pod, policy), ...appContainers(pod, policy)].map(toCandidate)
  const open = candidates.filter(each => !isBlocked(each))
  const openContainers = open.map(({ container }) => container)
  const { pod: delivered, reached, problems } = deliver(pod, openContainers, 'keepalive', context)
  const timers = formatKeepaliveVariable(keepaliveTimers(policy.values))
  const withFiles = new Set(reached)
  const preloaded = open.filter(({ container }) => withFiles.has(container.name))
  return {
    pod: changeContainers(delivered, reached, container => preload(container, timers)),
    ...(reached.length === 0 ? {} : { done: { containers: reached, set: timersSet(preloaded, timers) } }),
    problems: [
      ...candidates.filter(isBlocked).map(unreadablePreload),
      ...problems,
      ...open.filter(each => hasOtherTimers(each, timers)).map(ownTimersProblem),
    ],
  }
}

/** Where the value comes from elsewhere, nothing can be appended to it. */
function isBlocked({ preload }: Candidate): boolean {
  return preload?.valueFrom != null
}

function toCandidate(container: V1Container): Candidate {
  let preload: V1EnvVar | undefined
  let timers: V1EnvVar | undefined
  for (const entry of container.env ?? []) {
    if (entry.name === preloadVariable) preload = entry
    else if (entry.name === keepaliveVariable) timers = entry
  }
  return { container, preload, timers }
}

function preload(container: V1Container, timers: string): V1Container {
  const present = toCandidate(container)
  const env = withLibrary(container.env ?? [], present.preload)
  if (present.timers === undefined) {
    return { ...container, env: [...env, { name: keepaliveVariable, value: timers }] }
  }
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

function hasOtherTimers({ timers: present }: Candidate, timers: string): boolean {
  return present !== undefined && present.value !== timers
}

/** What the containers have now, which need not be what the settings say; nothing of what others wrote is copied. */
function timersSet(candidates: readonly Candidate[], timers: string): string {
  return summaryOf(candidates.map(each => (hasOtherTimers(each, timers) ? 'timers of its own' : timers)))
}

function ownTimersProblem({ container: { name } }: Candidate): Problem {
  const rule = `sets ${keepaliveVariable} itself`
  return conflict('keepalive', containerPlace(name), rule, 'remove it for the new timers', 'It stays.')
}

function unreadablePreload({ container: { name } }: Candidate): Problem {
  return conflict(
    'keepalive',
    containerPlace(name),
    `takes ${preloadVariable} from valueFrom`,
    'write it as a value, or use sysctl',
    'It is left alone.',
  )
}
