/**
 * A grace period with room for the preStop hook, whose time counts against it: a hook as long as the grace
 * period ends in SIGKILL, without a SIGTERM that the application could act on.
 */

import type { V1Pod } from '@kubernetes/client-node'
import type { Policy } from '../../policy/levels.ts'
import { conflict, type Problem } from '../../policy/problems.ts'
import { withSpec } from '../containers.ts'
import { type Feature, type FeatureContext, type Outcome, untouched } from '../feature.ts'
import { gracePeriodName, graceRaise, maxGraceSeconds } from '../grace-raise.ts'

export const gracePeriod: Feature = { name: gracePeriodName, apply }

function apply(pod: V1Pod, policy: Policy, context: FeatureContext): Outcome {
  const { baseSeconds, currentSeconds, targetSeconds, hookSeconds, isTooLarge } = graceRaise(
    pod,
    policy,
    context,
  )
  if (isTooLarge) return untouched(pod, [tooLarge()])
  const isTooShort =
    policy.values['grace-period'] !== 'auto' && hookSeconds > 0 && hookSeconds >= targetSeconds
  const problems = isTooShort ? [tooShort(hookSeconds, targetSeconds)] : []
  if (targetSeconds === baseSeconds) return untouched(pod, problems)
  return {
    pod:
      targetSeconds === currentSeconds
        ? pod
        : withSpec(pod, { terminationGracePeriodSeconds: targetSeconds }),
    done: { from: baseSeconds, to: targetSeconds },
    problems,
  }
}

function tooShort(hookSeconds: number, seconds: number): Problem {
  const rule = `has ${seconds}s for a preStop hook of ${hookSeconds}s`
  const fix = 'use auto, or write more'
  return conflict('grace-period', 'the pod', rule, fix, 'The application may be killed without a SIGTERM.')
}

function tooLarge(): Problem {
  const rule = `has a grace period that would pass ${maxGraceSeconds}s`
  return conflict('grace-period', 'the pod', rule, 'write a smaller one', 'It stays.')
}
