/**
 * A preStop hook on every app container: endpoints forget the pod and connections end before SIGTERM. On
 * every one, since each gets its own SIGTERM: a database proxy that stops first would cut the rest.
 */

import type { V1Container, V1Pod } from '@kubernetes/client-node'
import type { Policy } from '../../policy/levels.ts'
import { conflict, containerPlace, type Problem } from '../../policy/problems.ts'
import type { Key } from '../../policy/settings.ts'
import { appContainers, changeContainers } from '../containers.ts'
import { deliver } from '../delivery.ts'
import { type Context, type Feature, type Outcome, untouched } from '../feature.ts'
import { canDrain, type Hook, preStopHooks, presentHook } from '../pre-stop-hook.ts'

export const preStop: Feature = { name: 'pre-stop', apply }

interface Plan {
  container: V1Container
  /** The best first. */
  hooks: readonly Hook[]
}

function apply(pod: V1Pod, policy: Policy, context: Context): Outcome {
  const key: Key = policy.values['drain-timeout'] === 'off' ? 'pre-stop-sleep' : 'drain-timeout'
  const containers = appContainers(pod, policy)
  const plans = containers.map(container => ({
    container,
    hooks: preStopHooks(container, pod, policy, context),
  }))
  const open = plans.filter(plan => !hasOwnHook(plan))
  const wantFiles = open.filter(({ hooks }) => hooks[0]?.needsFiles).map(({ container }) => container)
  const outdated = plans.filter(isOutdated)
  const { pod: delivered, reached, problems } = deliver(pod, wantFiles, key, context)
  const inTheWay = plans.filter(plan => plan.hooks.length > 0 && hasOwnHook(plan))
  const drainsNothing = key === 'drain-timeout' ? containers.filter(each => !canDrain(each, pod)) : []
  return {
    ...setHooks(delivered, chosenHooks(open, reached)),
    problems: [
      ...inTheWay.map(({ container }) => ownHookProblem(container, key)),
      ...outdated.map(({ container }) => outdatedProblem(container, key)),
      ...drainsNothing.map(portlessProblem),
      ...problems,
    ],
  }
}

function hasOwnHook({ container, hooks }: Plan): boolean {
  return container.lifecycle?.preStop != null && presentHook(container, hooks) === undefined
}

/** True where the hook is Longhaul's, and not one that these settings ask for. */
function isOutdated({ container, hooks }: Plan): boolean {
  const present = presentHook(container, hooks)
  return present !== undefined && !hooks.includes(present)
}

/** By container, the hook that it has, or the best that it has the files for. */
function chosenHooks(plans: readonly Plan[], reached: readonly string[]): Map<string, Hook> {
  const chosen = new Map<string, Hook>()
  for (const { container, hooks } of plans) {
    const fit = hooks.find(({ needsFiles }) => !needsFiles || reached.includes(container.name))
    const hook = presentHook(container, hooks) ?? fit
    if (hook !== undefined) chosen.set(container.name, hook)
  }
  return chosen
}

function setHooks(pod: V1Pod, hooks: ReadonlyMap<string, Hook>): Outcome {
  const names = [...hooks.keys()]
  if (names.length === 0) return untouched(pod)
  const changed = changeContainers(pod, names, container => withPreStop(container, hooks.get(container.name)))
  const summaries = new Set(Array.from(hooks.values(), ({ summary }) => summary))
  return { pod: changed, done: { containers: names, set: [...summaries].join('; ') }, problems: [] }
}

function withPreStop(container: V1Container, hook: Hook | undefined): V1Container {
  if (hook === undefined || container.lifecycle?.preStop != null) return container
  return { ...container, lifecycle: { ...container.lifecycle, preStop: hook.handler } }
}

function ownHookProblem({ name }: V1Container, key: Key): Problem {
  const fix = 'wait in that hook, or remove it'
  return conflict(key, containerPlace(name), 'has a preStop hook of its own', fix, 'It stays.')
}

function outdatedProblem({ name }: V1Container, key: Key): Problem {
  const rule = 'has the preStop hook of an earlier run'
  return conflict(key, containerPlace(name), rule, 'remove it for the new times', 'It stays.')
}

function portlessProblem({ name }: V1Container): Problem {
  const rule = 'is on the host network and declares no TCP port'
  return conflict('drain-timeout', containerPlace(name), rule, 'declare it', 'Nothing is drained.')
}
