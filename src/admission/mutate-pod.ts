/** The answer to `POST /mutate`: a pod as it is created, and what becomes of it. */

import type { V1Pod } from '@kubernetes/client-node'
import { decide } from '../mutation/decide.ts'
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
  const { mutation, patch, denial } = decide(pod, namespace, config)
  const { problems } = mutation
  const owner = ownerOf(pod)
  const about = owner === undefined ? { problems } : { owner: `${owner.kind}/${owner.name}`, problems }
  if (denial !== undefined) {
    const response = { allowed: false, message: denial }
    return { response, record: { ...about, outcome: 'denied', features: [] } }
  }
  const response = { allowed: true, patch, warnings: warnings(problems) }
  if (mutation.outcome === 'skipped') {
    const { outcome, reason } = mutation
    return { response, record: { ...about, outcome, reason, features: [] } }
  }
  return { response, record: { ...about, outcome: mutation.outcome, features: Object.keys(mutation.done) } }
}

/** For webhook configurations that send more than they should. */
const notConcerned: Answer = {
  response: { allowed: true },
  record: { outcome: 'skipped', reason: 'not-a-pod-creation', features: [], problems: [] },
}
