/** The answer to `POST /mutate`: a pod as it is created, and what becomes of it. */

import type { V1Pod } from '@kubernetes/client-node'
import { auditTexts } from '../mutation/audit.ts'
import { auditOf, decide, outcomeOf } from '../mutation/decide.ts'
import { ownerOf } from '../mutation/owner.ts'
import type { Config } from '../policy/config.ts'
import { warnings } from '../policy/problems.ts'
import type { Answer } from './answer.ts'
import type { AdmissionRequest } from './review.ts'

type Labels = Readonly<Record<string, string>>

/** Decides on the pod of a request. Throws only by a fault of ours. */
export function mutatePod(request: AdmissionRequest, namespaceLabels: Labels, config: Config): Answer {
  if (request.kind?.kind !== 'Pod' || request.operation !== 'CREATE') return notConcerned
  const pod = request.object as V1Pod
  const namespace = { name: request.namespace ?? 'default', labels: namespaceLabels }
  const decision = decide(pod, namespace, config)
  const { mutation, patch, denial } = decision
  const { problems } = mutation
  const owner = ownerText(pod)
  if (denial !== undefined) {
    const response = { allowed: false, message: denial }
    return { response, record: { owner, outcome: 'denied', features: [], problems } }
  }
  const reason = mutation.outcome === 'skipped' ? mutation.reason : undefined
  const audit = auditOf(mutation) ?? {}
  const features = Object.keys(mutation.outcome === 'skipped' ? audit : mutation.done)
  return {
    response: { allowed: true, patch, warnings: warnings(problems, auditTexts(audit)) },
    record: { owner, outcome: outcomeOf(decision), reason, features, problems },
  }
}

function ownerText(pod: V1Pod): string | undefined {
  const owner = ownerOf(pod)
  return owner === undefined ? undefined : `${owner.kind}/${owner.name}`
}

/** For webhook configurations that send more than they should. */
const notConcerned: Answer = {
  response: { allowed: true },
  record: { outcome: 'skipped', reason: 'not-a-pod-creation', features: [], problems: [] },
}
