/** `longhaul check --live`. Loaded only then: the client of the API server takes long to load. */

import { stringify } from 'yaml'
import { openApi } from '../cluster/client/api.ts'
import { loadKubeConfig, namespaceOf } from '../cluster/client/kubeconfig.ts'
import { findInstallation } from '../cluster/installation.ts'
import { readNamespaces } from '../cluster/live-objects.ts'
import { readNamespaceObjects } from '../cluster/namespace-objects.ts'
import { withDigits } from '../manifests/digits.ts'
import { type ManifestDocument, readDocuments } from '../manifests/documents.ts'
import type { KubernetesObject } from '../manifests/workloads.ts'
import { readClusterConfig } from '../preview/live/cluster-config.ts'
import { type Plan, planDocuments } from '../preview/plan.ts'
import type { CheckCall } from './check-call.ts'
import { loadConfig } from './config-option.ts'

/** The plan for the objects of a namespace, as they are in the cluster, and that namespace. Throws a ClusterError. */
export async function planNamespace(call: CheckCall): Promise<{ plan: Plan; namespace: string }> {
  const { kubeconfig: file, context, config: configFile } = call
  const kubeConfig = loadKubeConfig({ ...(file && { file }), ...(context && { context }) })
  const namespace = call.namespace ?? namespaceOf(kubeConfig)
  await using api = await openApi(kubeConfig)
  const { labels, notes } = await readNamespaces(api, [namespace])
  const installation = await findInstallation(api)
  const reading = await readClusterConfig(
    api,
    installation,
    configFile === undefined ? undefined : version => loadConfig(configFile, version),
  )
  const read = await readNamespaceObjects(api, namespace)
  const documents = read.objects.flatMap(documentsOf)
  const options = { namespace, namespaceLabels: {}, clusterNamespaces: labels, config: reading.config }
  const plan = planDocuments(documents, options)
  return { plan: { ...plan, notes: [...notes, ...reading.notes, ...read.notes, ...plan.notes] }, namespace }
}

/** An object as YAML, whose lines findings show; it stands in no file but under its name. */
function documentsOf(object: KubernetesObject): ManifestDocument[] {
  const { kind, metadata } = object
  const text = stringify(object, withDigits, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })
  return readDocuments(text, `${kind.toLowerCase()}/${metadata?.name}`)
}
