/** A try whether a cluster would create a pod, and as what. */

import type { V1Pod } from '@kubernetes/client-node'
import type { Api } from '../../cluster/client/api.ts'
import { type DryRun, dryRunPod } from '../../cluster/client/dry-run.ts'

interface Trial {
  /** The pod as it was sent. */
  sent: V1Pod
  outcome: DryRun
  /** Where it is not the pod that was to be sent, a sentence that says so. */
  notes: readonly string[]
}

/**
 * Tries a pod. Without its service account, where that is among those that are yet to be made: the API server would
 * not look any further. Throws a ClusterError where the person may not create pods.
 */
export async function tryPod(
  api: Api,
  pod: V1Pod,
  namespace: string,
  newAccounts: ReadonlySet<string>,
): Promise<Trial> {
  const outcome = await dryRunPod(api, pod, namespace)
  const account = pod.spec?.serviceAccountName ?? pod.spec?.serviceAccount ?? 'default'
  const isMissing = 'refusal' in outcome && outcome.refusal.includes(`serviceaccount "${account}" not found`)
  if (!isMissing || !newAccounts.has(accountKey(namespace, account))) return { sent: pod, outcome, notes: [] }
  const sent = withoutAccount(pod)
  const what = `service account ${account} is not in namespace ${namespace} yet`
  const notes = [`${what}; pods that name it were tried with the default one`]
  return { sent, outcome: await dryRunPod(api, sent, namespace), notes }
}

/** How service accounts are told apart. */
export function accountKey(namespace: string, name: string): string {
  return `${namespace}/${name}`
}

function withoutAccount({ spec, ...rest }: V1Pod): V1Pod {
  if (spec === undefined) return rest
  const { serviceAccountName: _, serviceAccount: __, ...kept } = spec
  return { ...rest, spec: kept }
}
