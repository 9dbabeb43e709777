/** The preview with a cluster: what its admission chain makes of the pods, beside what Longhaul is to make. */

import type { V1Pod } from '@kubernetes/client-node'
import type { Api } from '../../cluster/api.ts'
import { dryRunPod } from '../../cluster/dry-run.ts'
import { findInstallation, type Installation } from '../../cluster/installation.ts'
import { readNamespaces, readVersion, readWorkloads } from '../../cluster/live-objects.ts'
import type { WorkloadName } from '../../cluster/workload-resources.ts'
import { creationOf, withoutBookkeeping } from '../../manifests/created-pod.ts'
import type { ManifestDocument } from '../../manifests/documents.ts'
import { type Decision, decide, type Namespace } from '../../mutation/decide.ts'
import { type Config, defaultConfig } from '../../policy/config.ts'
import { ConfigError } from '../../policy/config-error.ts'
import { parseConfig } from '../../policy/config-file.ts'
import type { KubernetesVersion } from '../../policy/kubernetes-version.ts'
import { warnings as problemWarnings } from '../../policy/problems.ts'
import { namespacesOf, type Plan, type PlannedWorkload, planDocuments } from '../plan.ts'
import { type Comparison, compare } from './comparison.ts'

export interface LiveRequest {
  /** Workloads of the cluster. */
  names: readonly WorkloadName[]
  /** Others, which need not be in it. */
  documents: readonly ManifestDocument[]
  /** The namespace of the names, and of documents that name none. */
  namespace: string
  /** Gives another configuration than the cluster's own, for its version of Kubernetes. */
  loadConfig?(version: KubernetesVersion): Promise<Config>
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

export interface LiveWorkload extends PlannedWorkload {
  /** Of the API server and of webhooks, to whoever makes the pod. */
  warnings: readonly string[]
  result: Admitted | { refusal: string }
}

export interface LivePlan extends Plan {
  workloads: readonly LiveWorkload[]
}

/** The warnings that do not only repeat a problem, as those of the cluster's Longhaul do. */
export function otherWarnings({ warnings, problems }: LiveWorkload): string[] {
  const own = problemWarnings(problems)
  return warnings.filter(each => !own.includes(each))
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
  const namespaces = await readNamespaces(api, namespacesOf(documents, request.namespace))
  const installation = await findInstallation(api)
  const { config, notes } = await configOf(api, installation, request)
  const options = {
    namespace: request.namespace,
    namespaceLabels: {},
    clusterNamespaces: namespaces.labels,
    config,
  }
  const plan = planDocuments(documents, options)
  const workloads: LiveWorkload[] = []
  for (const each of plan.workloads) {
    const namespace = { name: each.namespace, labels: namespaces.labels.get(each.namespace) ?? {} }
    workloads.push(await tryInCluster(api, each, namespace, config, installation))
  }
  return { documents, workloads, notes: [...namespaces.notes, ...notes, ...plan.notes] }
}

function documentOf(value: object, index: number): ManifestDocument {
  return { file: clusterPlace, number: index + 1, line: 1, text: '', value }
}

async function tryInCluster(
  api: Api,
  workload: PlannedWorkload,
  namespace: Namespace,
  config: Config,
  installation: Installation,
): Promise<LiveWorkload> {
  const sent = creationOf(workload.object, namespace.name)
  const { warnings, ...outcome } = await dryRunPod(api, sent, namespace.name)
  if ('refusal' in outcome) return { ...workload, warnings, result: outcome }
  const answered = withoutBookkeeping(outcome.pod)
  const expected = decide(sent, namespace, config)
  // Nothing is left to do for a pod that Longhaul has been at, whatever others made of it besides.
  const remaining = decide(answered, namespace, config)
  const comparison = compare({ sent, answered, expected, remaining, installation })
  return { ...workload, warnings, result: { sent, answered, expected, ...comparison } }
}

/** The configuration that Longhaul has in the cluster, as far as it can be known. */
async function configOf(
  api: Api,
  { config: written, namespace, notes }: Installation,
  { loadConfig }: LiveRequest,
): Promise<{ config: Config; notes: readonly string[] }> {
  const version = await readVersion(api)
  const read =
    loadConfig === undefined ? readConfig(written, version) : { config: await loadConfig(version), notes: [] }
  const own = namespace === undefined ? [] : [namespace]
  const excludedNamespaces = new Set([...read.config.excludedNamespaces, ...own])
  return { config: { ...read.config, excludedNamespaces }, notes: [...notes, ...read.notes] }
}

function readConfig(
  written: Installation['config'],
  kubernetesVersion: KubernetesVersion,
): { config: Config; notes: readonly string[] } {
  const standard = { ...defaultConfig, kubernetesVersion }
  const instead = "Longhaul's defaults are taken for its configuration; --config names another"
  if (written === undefined) return { config: standard, notes: [instead] }
  try {
    return { config: parseConfig(written.text, written.place, kubernetesVersion), notes: [] }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { config: standard, notes: [...error.message.split('\n'), instead] }
  }
}
