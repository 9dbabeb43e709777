/**
 * A preStop hook on every app container: endpoints forget the pod and connections end before SIGTERM. On
 * every one, since each gets its own SIGTERM: a database proxy that stops first would cut the rest.
 */

import type { V1Container, V1Pod } from '@kubernetes/client-node'
import type { Policy } from '../../policy/levels.ts'
import { conflict, containerPlace, type Problem } from '../../policy/problems.ts'
import type { Key } from '../../policy/settings.ts'
import { appContainers, changeContainers } from '../containers.ts'
import { covers } from '../covers.ts'
import { deliver } from '../delivery.ts'
import { type Feature, type FeatureContext, type Outcome, summaryOf, untouched } from '../feature.ts'
import { type Hook, presentHook } from '../pre-stop-hook.ts'
import { preStopName } from '../written-hooks.ts'

export const preStop: Feature = { name: preStopName, apply }

interface Plan {
  container: V1Container
  /** The container's own hook, where Longhaul set it. */
  present: Hook | undefined
  /** True where the status says that. */
  isWritten: boolean
}

function apply(pod: V1Pod, policy: Policy, context: FeatureContext): Outcome {
  const key: Key = policy.values['drain-timeout'] === 'off' ? 'pre-stop-sleep' : 'drain-timeout'
  const { hooks, hasWrittenHook } = context
  const plans = appContainers(pod, policy).map(container => {
    const isWritten = hasWrittenHook(container)
    return { container, present: presentHook(container, hooks, isWritten), isWritten }
  })
  const wantFiles = plans.filter(each => needsFiles(each, hooks)).map(({ container }) => container)
  const { pod: delivered, reached, problems } = deliver(pod, wantFiles, key, context)
  const chosen = chosenHooks(plans, hooks, reached)
  const inTheWay = hooks.length > 0 ? plans.filter(hasOwnHook) : []
  const outdated = chosen.filter(({ hook }) => isOutdated(hook, hooks))
  return {
    ...setHooks(delivered, chosen.filter(isSet)),
    problems: [
      ...inTheWay.map(({ container }) => ownHookProblem(container, key)),
      ...outdated.map(({ container }) => outdatedProblem(container, key)),
      ...(plans.length > 0 ? context.drainPorts.problems : []),
      ...problems,
    ],
  }
}

function hasOwnHook({ container, present }: Plan): boolean {
  return container.lifecycle?.preStop != null && present === undefined
}

/** True where the best hook needs the files, and neither the user's own nor another form of it is there. */
function needsFiles(plan: Plan, hooks: readonly Hook[]): boolean {
  const { present } = plan
  const isOtherForm = present !== undefined && !present.isToSet && hooks.includes(present)
  return hooks[0]?.needsFiles === true && !hasOwnHook(plan) && !isOtherForm
}

/** True where the hook is Longhaul's, and not one that these settings ask for. */
function isOutdated(hook: Hook, hooks: readonly Hook[]): boolean {
  const isOtherForm = !hook.isToSet && hook.seconds === hooks[0]?.seconds
  return !isOtherForm && !(hook.isToSet && hooks.includes(hook))
}

interface Chosen extends Plan {
  hook: Hook
}

/** For each container the hook that it has, or the best that it has the files for. */
function chosenHooks(plans: readonly Plan[], hooks: readonly Hook[], reached: readonly string[]): Chosen[] {
  const withFiles = new Set(reached)
  return plans.flatMap(plan => {
    const isFeasible = (each: Hook) =>
      each.isToSet && (!each.needsFiles || withFiles.has(plan.container.name))
    const hook = (isOpen(plan, hooks) ? hooks.find(isFeasible) : undefined) ?? plan.present
    return hook === undefined ? [] : [{ ...plan, hook }]
  })
}

/** True for a container without a hook, and for one that has another of Longhaul's than it would get now. */
function isOpen({ container, present, isWritten }: Plan, hooks: readonly Hook[]): boolean {
  return container.lifecycle?.preStop == null || (isWritten && present?.summary !== hooks[0]?.summary)
}

/** False for a hook that came with the pod and may be somebody else's, though it is just like Longhaul's. */
function isSet({ hook, present, isWritten }: Chosen): boolean {
  return hook !== present || isWritten
}

function setHooks(pod: V1Pod, chosen: readonly Chosen[]): Outcome {
  if (chosen.length === 0) return untouched(pod)
  const hooks = new Map(chosen.map(({ container, hook }) => [container.name, hook]))
  const names = [...hooks.keys()]
  const changed = changeContainers(pod, names, container => withPreStop(container, hooks.get(container.name)))
  const set = summaryOf(chosen.map(({ hook }) => hook.summary))
  return { pod: changed, done: { containers: names, set }, problems: [] }
}

function withPreStop(container: V1Container, hook: Hook | undefined): V1Container {
  if (hook === undefined || covers(container.lifecycle?.preStop, hook.handler)) return container
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
