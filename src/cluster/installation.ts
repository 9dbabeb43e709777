/** How Longhaul is installed in a cluster. */

import type { V1ConfigMap, V1MutatingWebhookConfiguration } from '@kubernetes/client-node'
import { type Api, type ApiAnswer, refusalOf } from './client/api.ts'

export interface Installation {
  /** Whether there is a webhook of Longhaul; undefined where that may not be read. */
  isInstalled: boolean | undefined
  /** Longhaul's own namespace, which its webhook leaves out. */
  namespace?: string
  /** The configuration file, and what it is in messages. */
  config?: { text: string; place: string }
  /** What could not be read, a sentence each. */
  notes: readonly string[]
}

/** An entry of Longhaul's webhook configuration, whose name never changes, whatever the rest is called. */
const entryName = 'pods.longhaul.dev'
const configKey = 'config.yaml'
const webhooksPath = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations'

/** What the chart gives to all objects of a release. */
const releaseLabels = ['app.kubernetes.io/name', 'app.kubernetes.io/instance'] as const

/** Looks for Longhaul. What may not be read is noted, not thrown: a preview can do without. */
export async function findInstallation(api: Api): Promise<Installation> {
  const answer = await api.get(webhooksPath)
  if (answer.status !== 200) {
    return { isInstalled: undefined, notes: [`Longhaul's webhook can't be looked up: ${refusalOf(answer)}`] }
  }
  const found = itemsOf<V1MutatingWebhookConfiguration>(answer).find(({ webhooks }) =>
    webhooks?.some(({ name }) => name === entryName),
  )
  if (found === undefined) {
    return {
      isInstalled: false,
      notes: [`Longhaul is not installed: no webhook of the cluster is called ${entryName}`],
    }
  }
  const namespace = found.webhooks?.find(({ name }) => name === entryName)?.clientConfig.service?.namespace
  if (namespace === undefined) {
    return {
      isInstalled: true,
      notes: ["Longhaul's webhook names no Service, so its configuration can't be found"],
    }
  }
  return { isInstalled: true, namespace, ...(await findConfig(api, namespace, found)) }
}

async function findConfig(
  api: Api,
  namespace: string,
  { metadata }: V1MutatingWebhookConfiguration,
): Promise<Pick<Installation, 'config' | 'notes'>> {
  const labels = releaseLabels.flatMap(key =>
    metadata?.labels?.[key] === undefined ? [] : `${key}=${metadata.labels[key]}`,
  )
  const query = `labelSelector=${encodeURIComponent(labels.join(','))}`
  const answer = await api.get(`/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps?${query}`)
  if (answer.status !== 200)
    return { notes: [`Longhaul's configuration can't be read: ${refusalOf(answer)}`] }
  const found = itemsOf<V1ConfigMap>(answer).find(({ data }) => data?.[configKey] !== undefined)
  const text = found?.data?.[configKey]
  if (text === undefined) {
    return { notes: [`namespace ${namespace} has no ConfigMap of Longhaul with the key ${configKey}`] }
  }
  return { config: { text, place: `ConfigMap ${namespace}/${found?.metadata?.name}` }, notes: [] }
}

function itemsOf<T>({ body }: ApiAnswer): readonly T[] {
  return (body as { items?: readonly T[] }).items ?? []
}
