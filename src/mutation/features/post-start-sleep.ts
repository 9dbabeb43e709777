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
import { type Context, type Feature, type Outcome, untouched } from '../feature.ts'
import { graceSeconds } from '../grace.ts'
import { isJobPod } from '../owner.ts'
import { type Hook, sleepHook } from '../pre-stop-hook.ts'

export const postStartSleep: Feature = { name: 'post-start-sleep', apply }

function apply(pod: V1Pod, policy: Policy, context: Context): Outcome {
  const setting = policy.values['post-start-sleep']
  const hook = setting === 'off' ? undefined : sleepHook(setting, graceSeconds(pod), context)
  if (hook === undefined || isJobPod(pod)) return untouched(pod)
  const containers = appContainers(pod, policy)
  const container = containers.find(each => hasHook(each, hook)) ?? containers.at(-1)
  if (container === undefined) return untouched(pod)
  if (container.lifecycle?.postStart != null && !hasHook(container, hook)) {
    return untouched(pod, [ownHookProblem(container)])
  }
  const wantFiles = hook.needsFiles ? [container] : []
  const { pod: delivered, reached, problems } = deliver(pod, wantFiles, 'post-start-sleep', context)
  if (reached.length < wantFiles.length) return untouched(pod, problems)
  const changed = changeContainers(delivered, [container.name], each => withPostStart(each, hook))
  return { pod: changed, done: { containers: [container.name], set: hook.summary }, problems }
}

function hasHook(container: V1Container, { handler }: Hook): boolean {
  return covers(container.lifecycle?.postStart, handler)
}

function withPostStart(container: V1Container, hook: Hook): V1Container {
  if (hasHook(container, hook)) return container
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
