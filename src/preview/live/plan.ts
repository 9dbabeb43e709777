/** The preview with a cluster: what its admission chain makes of the pods, beside what Longhaul is to make. */

import type { V1Pod } from '@kubernetes/client-node'
import type { Api } from '../../cluster/client/api.ts'
import { findInstallation, type Installation } from '../../cluster/installation.ts'
import { readNamespaces, readWorkloads } from '../../cluster/live-objects.ts'
import type { WorkloadName } from '../../cluster/workload-resources.ts'
import { creationOf, withoutBookkeeping } from '../../manifests/created-pod.ts'
import type { ManifestDocument } from '../../manifests/documents.ts'
import type { NamespaceLabels } from '../../manifests/namespaces.ts'
import { type Decision, decide } from '../../mutation/decide.ts'
import type { Config } from '../../policy/config.ts'
import { warnings as problemWarnings } from '../../policy/problems.ts'
import { locate } from '../located.ts'
import { namespacesOf, type Plan, type PlannedWorkload, planDocuments } from '../plan.ts'
import { type LoadConfig, readClusterConfig } from './cluster-config.ts'
import { type Comparison, compare } from './comparison.ts'
import { refusalCause } from './refusal-cause.ts'
import { accountKey, tryPod } from './trial.ts'
import type { Unread } from './unread.ts'

export interface LiveRequest {
  /** Workloads of the cluster. */
  names: readonly WorkloadName[]
  /** Others, which need not be in it. */
  documents: readonly ManifestDocument[]
  /** The namespace of the names, and of documents that name none. */
  namespace: string
  /** Gives another configuration than the cluster's own. */
  loadConfig?: LoadConfig
}

/** The pod before and after the admission chain. */
export interface Admitted extends Comparison {
  /** As it was sent. */
  sent: V1Pod
  /** What Longhaul is to make of that, by the configuration that was read. */
  expected: Decision
  /** As the cluster would create it, without what it gives every pod: name, id, times, status. */
  answered: V1Pod
}

export interface Refused {
  /** In the words of the cluster. */
  refusal: string
  /** What of Longhaul's it is for, where it is. */
  cause: string | undefined
}

export interface LiveWorkload extends PlannedWorkload {
  /** Of the API server and of webhooks, to whoever makes the pod. */
  warnings: readonly string[]
  result: Admitted | Refused
}

export interface LivePlan extends Plan {
  workloads: readonly LiveWorkload[]
}

/** The warnings that do not only repeat a problem, as those of the cluster's Longhaul do. */
export function otherWarnings({ warnings, problems }: LiveWorkload): string[] {
  const own = problemWarnings(problems)
  return warnings.filter(each => !own.includes(each))
}

/** What the comparison of a workload's pod lacks; nothing where it was made, or the pod refused. */
export function unreadFor({ result }: LiveWorkload): readonly Unread[] {
  return 'refusal' in result ? [] : result.unread
}

/** Where workloads come from that no file holds. */
export const clusterPlace = 'the cluster'

/**
 * Asks the cluster about the pods of some workloads, one after the other, and changes nothing in it. Throws a
 * ClusterError where it can't be asked, an InputError where a document is malformed.
 */
export async function planLive(api: Api, request: LiveRequest): Promise<LivePlan> {
  const stored = await readWorkloads(api, request.names, request.namespace)
  const documents = [...stored.map(documentOf), ...request.documents]
  const { labels, notes } = await readNamespaces(api, namespacesOf(documents, request.namespace))
  const installation = await findInstallation(api)
  const reading = await readClusterConfig(api, installation, request.loadConfig)
  const { namespace } = request
  const { config, isKnown } = reading
  const plan = planDocuments(documents, { namespace, namespaceLabels: {}, clusterNamespaces: labels, config })
  const newAccounts = accountsIn(documents, namespace)
  const knowledge = { api, labels, config, isConfigKnown: isKnown, installation, newAccounts }
  const trials: Tried[] = []
  for (const each of plan.workloads) trials.push(await tryWorkload(each, knowledge))
  const tried = new Set(trials.flatMap(each => each.notes))
  const workloads = trials.map(each => each.workload)
  return {
    documents,
    workloads,
    notes: [...notes, ...reading.notes, ...uncompared(workloads), ...tried, ...plan.notes],
  }
}

function uncompared(workloads: readonly LiveWorkload[]): string[] {
  const count = workloads.filter(each => unreadFor(each).length > 0).length
  const which = `the pods of ${count} of ${workloads.length} workloads`
  return count === 0 ? [] : [`so ${which} can't be compared with what is expected`]
}

function documentOf(value: object, index: number): ManifestDocument {
  return {
    file: clusterPlace,
    number: index + 1,
    line: 1,
    textLine: 1,
    text: '',
    readableText: '',
    outdented: [],
    value,
  }
}

function accountsIn(documents: readonly ManifestDocument[], defaultNamespace: string): Set<string> {
  const accounts = locate(documents)
    .map(({ object }) => object)
    .filter(({ kind }) => kind === 'ServiceAccount')
  return new Set(
    accounts.map(({ metadata }) => accountKey(metadata?.namespace ?? defaultNamespace, metadata?.name ?? '')),
  )
}

/** What is known of the cluster. */
interface Knowledge {
  api: Api
  labels: NamespaceLabels
  config: Config
  isConfigKnown: boolean
  installation: Installation
  newAccounts: ReadonlySet<string>
}

interface Tried {
  workload: LiveWorkload
  notes: readonly string[]
}

async function tryWorkload(workload: PlannedWorkload, knowledge: Knowledge): Promise<Tried> {
  const { api, labels, config, isConfigKnown, installation, newAccounts } = knowledge
  const namespace = { name: workload.namespace, labels: labels.get(workload.namespace) ?? {} }
  const pod = creationOf(workload.object, namespace.name)
  const { sent, outcome, notes } = await tryPod(api, pod, namespace.name, newAccounts)
  const { warnings } = outcome
  const expected = decide(sent, namespace, config)
  if ('refusal' in outcome) {
    const { refusal } = outcome
    const cause = await refusalCause(api, sent, namespace.name, refusal, expected)
    return { workload: { ...workload, warnings, result: { refusal, cause } }, notes }
  }
  const answered = withoutBookkeeping(outcome.pod)
  // Nothing is left to do for a pod that Longhaul has been at, whatever others made of it besides.
  const remaining = decide(answered, namespace, config)
  const unread = new Set<Unread>()
  if (!labels.has(namespace.name)) unread.add('labels')
  if (!isConfigKnown) unread.add('configuration')
  const comparison = compare({ sent, answered, expected, remaining, installation, unread })
  return { workload: { ...workload, warnings, result: { sent, answered, expected, ...comparison } }, notes }
}
