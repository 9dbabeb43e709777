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
import { type Context, type Feature, type Outcome, untouched } from '../feature.ts'
import { canDrain, type Hook, preStopHooks } from '../pre-stop-hook.ts'

export const preStop: Feature = { name: 'pre-stop', apply }

function apply(pod: V1Pod, policy: Policy, context: Context): Outcome {
  const key: Key = policy.values['drain-timeout'] === 'off' ? 'pre-stop-sleep' : 'drain-timeout'
  const containers = appContainers(pod, policy)
  const plans = containers
    .map(container => ({ container, hooks: preStopHooks(container, pod, policy, context) }))
    .filter(({ hooks }) => hooks.length > 0)
  const open = plans.filter(({ container, hooks }) => !hasOwnHook(container, hooks))
  const wantFiles = open.filter(({ hooks }) => hooks[0]?.needsFiles).map(({ container }) => container.name)
  const { pod: delivered, reached, problems } = deliver(pod, wantFiles, key, context)
  const chosen = new Map(
    open.flatMap(({ container: { name }, hooks }) => {
      const hook = hooks.find(({ needsFiles }) => !needsFiles || reached.includes(name))
      return hook === undefined ? [] : [[name, hook] as const]
    }),
  )
  const drainsNothing =
    key === 'drain-timeout' ? containers.filter(container => !canDrain(container, pod)) : []
  return {
    ...setHooks(delivered, chosen),
    problems: [
      ...plans.filter(plan => !open.includes(plan)).map(({ container }) => ownHookProblem(container, key)),
      ...drainsNothing.map(portlessProblem),
      ...problems,
    ],
  }
}

function hasOwnHook(container: V1Container, hooks: readonly Hook[]): boolean {
  const present = container.lifecycle?.preStop
  return present != null && !hooks.some(({ handler }) => covers(present, handler))
}

function setHooks(pod: V1Pod, hooks: ReadonlyMap<string, Hook>): Outcome {
  const names = [...hooks.keys()]
  if (names.length === 0) return untouched(pod)
  const changed = changeContainers(pod, names, container => withPreStop(container, hooks.get(container.name)))
  const summaries = new Set([...hooks.values()].map(({ summary }) => summary))
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

function portlessProblem({ name }: V1Container): Problem {
  const rule = 'is on the host network and declares no TCP port'
  return conflict('drain-timeout', containerPlace(name), rule, 'declare it', 'Nothing is drained.')
}
