/** The two webhook configurations: the API servers trust the authorities that stand in their `caBundle`. */

import { type ClusterClient, fieldManager, undefinedIfMissing } from '../client/client.ts'
import type { Resource } from '../client/follow.ts'
import { PatchStrategy, setHeaderOptions } from '../client/kubernetes.ts'
import { splitCertificates } from './tls-bundle.ts'

type Registration = ClusterClient['registration']

/** What both kinds of configuration have of a webhook. */
interface Entry {
  name: string
  clientConfig: { caBundle?: string }
}

interface Configuration {
  webhooks?: Entry[]
}

type Patch = { op: 'test' | 'add'; path: string; value: string }[]

interface Kind {
  plural: string
  read(registration: Registration, name: string): Promise<Configuration>
  patch(registration: Registration, name: string, body: Patch): Promise<unknown>
}

const asJsonPatch = setHeaderOptions('Content-Type', PatchStrategy.JsonPatch)

const kinds: readonly Kind[] = [
  {
    plural: 'mutatingwebhookconfigurations',
    read: (registration, name) => registration.readMutatingWebhookConfiguration({ name }),
    patch: (registration, name, body) =>
      registration.patchMutatingWebhookConfiguration({ name, body, fieldManager }, asJsonPatch),
  },
  {
    plural: 'validatingwebhookconfigurations',
    read: (registration, name) => registration.readValidatingWebhookConfiguration({ name }),
    patch: (registration, name, body) =>
      registration.patchValidatingWebhookConfiguration({ name, body, fieldManager }, asJsonPatch),
  },
]

/** To be followed, so that a bundle that someone changed is noticed. */
export function configurationResources(registration: Registration, name: string): Resource<object>[] {
  const path = '/apis/admissionregistration.k8s.io/v1'
  const fieldSelector = `metadata.name=${name}`
  return [
    {
      path: `${path}/mutatingwebhookconfigurations`,
      fieldSelector,
      list: page => registration.listMutatingWebhookConfiguration(page),
    },
    {
      path: `${path}/validatingwebhookconfigurations`,
      fieldSelector,
      list: page => registration.listValidatingWebhookConfiguration(page),
    },
  ]
}

/** The certificates that API servers trust now, of both configurations; undefined where there is none of them. */
export async function readPublished(registration: Registration, name: string): Promise<string[] | undefined> {
  const found = await Promise.all(kinds.map(kind => readIfThere(kind, registration, name)))
  const configurations = found.filter(each => each !== undefined)
  if (configurations.length === 0) return undefined
  return [...new Set(configurations.flatMap(({ webhooks = [] }) => webhooks).flatMap(trustedBy))]
}

/** What has to be written into a configuration. */
export interface BundlePatch {
  kind: Kind
  body: Patch
}

/**
 * What has to be written so that both configurations trust these certificates and no others; nothing where they do.
 * A configuration that isn't there calls nobody and needs nothing.
 */
export async function bundlePatches(
  registration: Registration,
  name: string,
  certificates: readonly string[],
): Promise<BundlePatch[]> {
  const wanted = Buffer.from(certificates.join('')).toString('base64')
  const patches: BundlePatch[] = []
  for (const kind of kinds) {
    const { webhooks = [] } = (await readIfThere(kind, registration, name)) ?? {}
    const body = webhooks.flatMap((entry, index): Patch => {
      if (isSameSet(trustedBy(entry), certificates)) return []
      const path = `/webhooks/${index}`
      return [
        // Someone may have changed the list since it was read.
        { op: 'test', path: `${path}/name`, value: entry.name },
        { op: 'add', path: `${path}/clientConfig/caBundle`, value: wanted },
      ]
    })
    if (body.length > 0) patches.push({ kind, body })
  }
  return patches
}

/** Writes it. Rejects where the configuration is another one by now. */
export async function applyBundlePatch(
  registration: Registration,
  name: string,
  { kind, body }: BundlePatch,
): Promise<void> {
  await kind.patch(registration, name, body)
}

function readIfThere(
  kind: Kind,
  registration: Registration,
  name: string,
): Promise<Configuration | undefined> {
  return kind.read(registration, name).catch(undefinedIfMissing)
}

function trustedBy({ clientConfig }: Entry): string[] {
  return splitCertificates(Buffer.from(clientConfig.caBundle ?? '', 'base64').toString('utf8'))
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  const set = new Set(some)
  return set.size === others.length && others.every(each => set.has(each))
}
