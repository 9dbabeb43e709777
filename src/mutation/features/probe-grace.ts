/**
 * The grace period of before for containers that a probe ends. The kubelet runs the preStop hook, and grants the
 * grace period, also where it restarts a container that hangs: with a longer one that would come later than it did.
 */

import type { V1Container, V1Pod, V1Probe } from '@kubernetes/client-node'
import { isAtLeast } from '../../policy/kubernetes-version.ts'
import type { Policy } from '../../policy/levels.ts'
import { conflict, containerPlace, type Problem } from '../../policy/problems.ts'
import { appContainers, changeContainers, lastingContainers, nativeSidecars } from '../containers.ts'
import { type Feature, type FeatureContext, type Outcome, untouched } from '../feature.ts'
import { graceRaise } from '../grace-raise.ts'

export const probeGrace: Feature = { name: 'probe-grace', apply }

/** Probes have a terminationGracePeriodSeconds for good since Kubernetes 1.28 (KEP-2238). */
const stableSinceMinor = 28

/** Those whose failure ends a container. A readiness probe's does not, and the API server refuses the field there. */
const endingProbes = ['livenessProbe', 'startupProbe'] as const

function apply(pod: V1Pod, policy: Policy, context: FeatureContext): Outcome {
  const { baseSeconds, targetSeconds } = graceRaise(pod, policy, context)
  if (targetSeconds <= baseSeconds || !isAtLeast(context.config.kubernetesVersion, stableSinceMinor)) {
    return untouched(pod)
  }
  // The API server refuses less in a probe.
  const seconds = Math.max(1, baseSeconds)
  const chosen = [...nativeSidecars(pod, policy), ...appContainers(pod, policy)]
  const problems = chosen.flatMap(container => longerProbes(container, seconds))
  // The grace period is the whole pod's: also of containers that nothing else is set on.
  const names = lastingContainers(pod)
    .filter(each => takes(each, seconds))
    .map(({ name }) => name)
  if (names.length === 0) return untouched(pod, problems)
  const changed = changeContainers(pod, names, container => withGrace(container, seconds))
  return { pod: changed, done: { containers: names, set: `${seconds}s` }, problems }
}

/** True for a container with a probe that names no grace period, or the same: that of an earlier run. */
function takes(container: V1Container, seconds: number): boolean {
  return endingProbes.some(field => {
    const probe = container[field]
    return probe != null && (isOpen(probe) || probe.terminationGracePeriodSeconds === seconds)
  })
}

function isOpen(probe: V1Probe | null | undefined): boolean {
  return probe != null && probe.terminationGracePeriodSeconds == null
}

function withGrace(container: V1Container, seconds: number): V1Container {
  let changed = container
  for (const field of endingProbes) {
    const probe = container[field]
    if (isOpen(probe)) changed = { ...changed, [field]: { ...probe, terminationGracePeriodSeconds: seconds } }
  }
  return changed
}

function longerProbes(container: V1Container, baseSeconds: number): Problem[] {
  return endingProbes
    .filter(field => Number(container[field]?.terminationGracePeriodSeconds ?? 0) > baseSeconds)
    .map(field => {
      const rule = `has a ${field} with more grace than ${baseSeconds}s`
      const effect = 'A container that hangs is restarted later than before.'
      return conflict('grace-period', containerPlace(container.name), rule, 'shorten it', effect)
    })
}
