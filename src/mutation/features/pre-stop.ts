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
import { type Feature, type FeatureContext, type Outcome, summaryOf, untouched } from '../feature.ts'
import { type Hook, preStopHooks, presentHook } from '../pre-stop-hook.ts'

export const preStop: Feature = { name: 'pre-stop', apply }

interface Plan {
  container: V1Container
  /** The best first. */
  hooks: readonly Hook[]
  /** The container's own hook, where Longhaul set it. */
  present: Hook | undefined
}

function apply(pod: V1Pod, policy: Policy, context: FeatureContext): Outcome {
  const key: Key = policy.values['drain-timeout'] === 'off' ? 'pre-stop-sleep' : 'drain-timeout'
  const hooks = preStopHooks(pod, policy, context)
  const plans = appContainers(pod, policy).map(container => {
    return { container, hooks, present: presentHook(container, hooks) }
  })
  const open = plans.filter(plan => !hasOwnHook(plan))
  const wantFiles = open.filter(needsFiles).map(({ container }) => container)
  const { pod: delivered, reached, problems } = deliver(pod, wantFiles, key, context)
  const inTheWay = plans.filter(plan => plan.hooks.length > 0 && hasOwnHook(plan))
  return {
    ...setHooks(delivered, chosenHooks(open, reached)),
    problems: [
      ...inTheWay.map(({ container }) => ownHookProblem(container, key)),
      ...plans.filter(isOutdated).map(({ container }) => outdatedProblem(container, key)),
      ...(plans.length > 0 ? context.drainPorts.problems : []),
      ...problems,
    ],
  }
}

function hasOwnHook({ container, present }: Plan): boolean {
  return container.lifecycle?.preStop != null && present === undefined
}

/** True where the best hook needs the files, and is not there in another form. */
function needsFiles({ hooks, present }: Plan): boolean {
  const isThere = present !== undefined && !present.isToSet && hooks.includes(present)
  return hooks[0]?.needsFiles === true && !isThere
}

/** True where the hook is Longhaul's, and not one that these settings ask for. */
function isOutdated({ hooks, present }: Plan): boolean {
  if (present === undefined) return false
  const isOtherForm = !present.isToSet && present.seconds === hooks[0]?.seconds
  return !isOtherForm && !(present.isToSet && hooks.includes(present))
}

interface Chosen {
  name: string
  hook: Hook
}

/** For each container the hook that it has, or the best that it has the files for. */
function chosenHooks(plans: readonly Plan[], reached: readonly string[]): Chosen[] {
  const chosen: Chosen[] = []
  const withFiles = new Set(reached)
  for (const { container, hooks, present } of plans) {
    const { name } = container
    const hook = present ?? hooks.find(each => each.isToSet && (!each.needsFiles || withFiles.has(name)))
    if (hook !== undefined) chosen.push({ name, hook })
  }
  return chosen
}

function setHooks(pod: V1Pod, chosen: readonly Chosen[]): Outcome {
  if (chosen.length === 0) return untouched(pod)
  const hooks = new Map(chosen.map(({ name, hook }) => [name, hook]))
  const names = [...hooks.keys()]
  const changed = changeContainers(pod, names, container => withPreStop(container, hooks.get(container.name)))
  const set = summaryOf(chosen.map(({ hook }) => hook.summary))
  return { pod: changed, done: { containers: names, set }, problems: [] }
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
