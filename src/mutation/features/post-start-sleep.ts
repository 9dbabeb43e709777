/**
 * A postStart hook that sleeps and so keeps a new pod from being Ready, for a rollout that moves on slowly.
 *
 * On one container only, the last: the kubelet starts the containers of a pod one after another and waits
 * for each one's hook, so that hooks on all of them would add up and start the later ones late.
 */

import type { V1Container, V1Pod } from '@kubernetes/client-node'
import type { Policy } from '../../policy/levels.ts'
import { conflict, containerPlace, type Problem } from '../../policy/problems.ts'
import { appContainers, changeContainers } from '../containers.ts'
import { covers } from '../covers.ts'
import { deliver } from '../delivery.ts'
import { type Context, type Done, type Feature, type Outcome, untouched } from '../feature.ts'
import { graceSeconds } from '../grace.ts'
import { type Hook, sleepHooks } from '../pre-stop-hook.ts'

export const postStartSleep: Feature = { name: 'post-start-sleep', apply }

function apply(pod: V1Pod, policy: Policy, context: Context): Outcome {
  const setting = policy.values['post-start-sleep']
  const hooks = setting === 'off' ? [] : sleepHooks(setting, graceSeconds(pod), context)
  const [hook] = hooks
  if (hook === undefined) return untouched(pod)
  const containers = appContainers(pod, policy)
  const present = containers.find(each =>
    hooks.some(({ handler }) => covers(each.lifecycle?.postStart, handler)),
  )
  if (present !== undefined) return { pod, done: doneBy(hook, present), problems: [] }
  const container = containers.at(-1)
  if (container === undefined) return untouched(pod)
  if (container.lifecycle?.postStart != null) return untouched(pod, [ownHookProblem(container)])
  const wantFiles = hook.needsFiles ? [container] : []
  const { pod: delivered, reached, problems } = deliver(pod, wantFiles, 'post-start-sleep', context)
  if (reached.length < wantFiles.length) return untouched(pod, problems)
  const changed = changeContainers(delivered, [container.name], each => withPostStart(each, hook))
  return { pod: changed, done: doneBy(hook, container), problems }
}

function doneBy({ summary }: Hook, { name }: V1Container): Done {
  return { containers: [name], set: summary }
}

function withPostStart(container: V1Container, hook: Hook): V1Container {
  return { ...container, lifecycle: { ...container.lifecycle, postStart: hook.handler } }
}

function ownHookProblem({ name }: V1Container): Problem {
  const fix = 'wait in that hook, or remove it'
  return conflict(
    'post-start-sleep',
    containerPlace(name),
    'has a postStart hook of its own',
    fix,
    'It stays.',
  )
}
