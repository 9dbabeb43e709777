/** How pods end, by their own fields: hooks and grace periods, in seconds. */

import type { V1Container, V1LifecycleHandler, V1PodSpec } from '@kubernetes/client-node'
import { lastingContainers } from '../mutation/containers.ts'
import { drainSeconds } from '../mutation/pre-stop-hook.ts'
import { parseDuration } from '../policy/duration.ts'
import type { CheckedPods } from './input/input.ts'
import type { Step } from './rule.ts'

/** What the API server fills in for `terminationGracePeriodSeconds`. */
export const defaultGraceSeconds = 30

export function graceSeconds({ terminationGracePeriodSeconds: seconds }: V1PodSpec): number {
  return seconds ?? defaultGraceSeconds
}

/** A container that runs as long as the pod does, and the path to it from the workload. */
export interface PlacedContainer {
  container: V1Container
  path: readonly Step[]
  /** False for native sidecars. */
  isRegular: boolean
}

/** Native sidecars and regular containers. */
export function placedContainers({ pod, spec, specPath }: CheckedPods): PlacedContainer[] {
  const regular = new Set(spec.containers)
  return lastingContainers(pod).map(container => {
    const isRegular = regular.has(container)
    const list = isRegular ? 'containers' : 'initContainers'
    return { container, path: [...specPath, list, { name: container.name }], isRegular }
  })
}

/** The time that a container's preStop hook takes at least, as far as its text tells; 0 without a hook. */
export function preStopSeconds({ lifecycle }: V1Container): number {
  return lifecycle?.preStop == null ? 0 : handlerSeconds(lifecycle.preStop)
}

/** The same of its postStart hook, which holds it back from being Ready. */
export function postStartSeconds({ lifecycle }: V1Container): number {
  return lifecycle?.postStart == null ? 0 : handlerSeconds(lifecycle.postStart)
}

/** The longest of a pod's preStop hooks. */
export function longestPreStopSeconds({ pod }: CheckedPods): number {
  return Math.max(0, ...lastingContainers(pod).map(preStopSeconds))
}

function handlerSeconds(handler: V1LifecycleHandler): number {
  const command = handler.exec?.command ?? []
  return handler.sleep?.seconds ?? drainSeconds(handler) ?? sleepSeconds(command)
}

/** `sleep` at the beginning of a command, also behind what begins a command in a script. */
const sleepCall =
  /(?:^|[;&|\n]|\bthen\s|\bdo\s|\bexec\s)\s*(?:\/(?:usr\/)?bin\/)?sleep\s+(\d+(?:\.\d+)?[smh]?)\b/g

/** The sum of all calls of sleep(1), each taken to run once. */
function sleepSeconds(command: readonly string[]): number {
  const times = [
    ...command
      .join(' ')
      .replace(/^\S*sh\s+-\w*c\s+/, '')
      .matchAll(sleepCall),
  ]
  return times.reduce((sum, [, written = '']) => sum + (parseDuration(written) ?? 0) / 1000, 0)
}
