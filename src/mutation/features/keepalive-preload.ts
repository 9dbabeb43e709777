/** TCP keepalive on every socket of the application, by a library that the dynamic linker loads first. */

import type { V1Container, V1EnvVar, V1Pod } from '@kubernetes/client-node'
import { keepaliveTimers } from '../../policy/keepalive-timers.ts'
import { formatKeepaliveVariable, keepaliveVariable } from '../../policy/keepalive-variable.ts'
import type { Policy } from '../../policy/levels.ts'
import { conflict, containerPlace, type Problem } from '../../policy/problems.ts'
import { appContainers, changeContainers, nativeSidecars } from '../containers.ts'
import { type Delivery, deliver, libraryPath } from '../delivery.ts'
import { type Context, type Feature, type Outcome, summaryOf, untouched } from '../feature.ts'
import { mountPreloadFile, preloadPath } from '../preload-file.ts'

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
  const delivery = deliver(pod, openContainers, 'keepalive', context)
  const { reached } = delivery
  const timers = formatKeepaliveVariable(keepaliveTimers(policy.values))
  const carried = carryByFile(delivery, timers, context)
  const withFiles = new Set(reached)
  const preloaded = new Map(
    open.filter(({ container: { name } }) => withFiles.has(name)).map(each => [each.container.name, each]),
  )
  const set = setOn([...preloaded.values()], timers, new Set(carried.reached))
  return {
    pod: changeContainers(carried.pod, reached, each => preload(each, preloaded.get(each.name), timers)),
    ...(reached.length === 0 ? {} : { done: { containers: reached, set } }),
    problems: [
      ...candidates.filter(isBlocked).map(unreadablePreload),
      ...delivery.problems,
      ...carried.problems,
      ...open.filter(each => hasOtherTimers(each, timers)).map(ownTimersProblem),
    ],
  }
}

/** The second carrier, where the configuration asks for it. */
function carryByFile({ pod, reached }: Delivery, timers: string, context: Context): Delivery {
  if (context.config.preload.carrier === 'env') return { pod, reached: [], problems: [] }
  return mountPreloadFile(pod, reached, timers, context)
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

function preload(container: V1Container, present: Candidate | undefined, timers: string): V1Container {
  const env = withLibrary(container.env ?? [], present?.preload)
  if (present?.timers === undefined) {
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
function setOn(candidates: readonly Candidate[], timers: string, withFile: ReadonlySet<string>): string {
  const texts = candidates.map(each => {
    const own = hasOtherTimers(each, timers) ? 'timers of its own' : timers
    return withFile.has(each.container.name) ? `${own} + ${preloadPath}` : own
  })
  return summaryOf(texts)
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
