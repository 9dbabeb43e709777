/**
 * The answer to `POST /validate`: always yes, with the problems of the workload's pod template as warnings.
 * Pods are made by controllers, whose warnings reach nobody; these reach the person at `kubectl apply`.
 */

import { misplacedSettings } from '../manifests/misplaced.ts'
import { isKubernetesObject, isWorkload, podOf } from '../manifests/workloads.ts'
import { lackOfRoom, mayLackRoom } from '../mutation/answer-room.ts'
import { auditTexts } from '../mutation/audit.ts'
import { auditOf, decide, type Namespace } from '../mutation/decide.ts'
import type { Config } from '../policy/config.ts'
import { boundedProblems, type Problem, warnings } from '../policy/problems.ts'
import type { Answer } from './answer.ts'
import type { AdmissionRequest } from './review.ts'

type Labels = Readonly<Record<string, string>>

/** Checks the workload of a request. Throws only by a fault of ours. */
export function checkWorkload(
  { object, namespace }: AdmissionRequest,
  labels: Labels,
  config: Config,
): Answer {
  const { problems, notes } = check(object, { name: namespace ?? 'default', labels }, config)
  return {
    response: { allowed: true, warnings: warnings(problems, notes) },
    record: { outcome: 'checked', features: [], problems },
  }
}

interface Check {
  problems: readonly Problem[]
  /** What an audit says, and whether there is room for the change. */
  notes: readonly string[]
}

function check(object: unknown, namespace: Namespace, config: Config): Check {
  if (!isKubernetesObject(object) || !isWorkload(object)) return { problems: [], notes: [] }
  const pod = podOf(object, namespace.name)
  const { mutation, patch } = decide(pod, namespace, config)
  const problems = boundedProblems([...misplacedSettings(object), ...mutation.problems])
  const notes = auditTexts(auditOf(mutation) ?? {})
  return { problems, notes: mayLackRoom(pod, patch) ? [...notes, lackOfRoom] : notes }
}
