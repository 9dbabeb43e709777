/** What the webhook's certificate rests on: a Secret, and the bundles that API servers trust. */

import { AdmissionregistrationV1Api, CoreV1Api, type V1Secret } from '@kubernetes/client-node'
import type { ControlPlane } from './control-plane.ts'
import { namespace, release } from './release.ts'

/** The texts in a Secret of the release's namespace; none where there is no Secret. */
export async function readSecret({ admin }: ControlPlane, name: string): Promise<Record<string, string>> {
  const core = admin.config.makeApiClient(CoreV1Api)
  const { data } = await core.readNamespacedSecret({ namespace, name }).catch(ifMissing<V1Secret>({}))
  return Object.fromEntries(Object.entries(data ?? {}).map(([key, text]) => [key, atob(text)]))
}

/** Puts these texts in place of what it held. */
export async function writeSecret(
  { admin }: ControlPlane,
  name: string,
  stringData: Record<string, string>,
): Promise<void> {
  const core = admin.config.makeApiClient(CoreV1Api)
  const body = { metadata: { name }, stringData }
  const replaced = await core.replaceNamespacedSecret({ namespace, name, body }).catch(ifMissing(undefined))
  if (replaced === undefined) await core.createNamespacedSecret({ namespace, body })
}

/** The different bundles in the webhooks of both configurations: one, where all is well. */
export async function readBundles({ admin }: ControlPlane): Promise<string[]> {
  const registration = admin.config.makeApiClient(AdmissionregistrationV1Api)
  const { webhooks: mutating = [] } = await registration.readMutatingWebhookConfiguration({ name: release })
  const { webhooks: validating = [] } = await registration.readValidatingWebhookConfiguration({
    name: release,
  })
  const bundles = [...mutating, ...validating].map(({ clientConfig }) => atob(clientConfig.caBundle ?? ''))
  return [...new Set(bundles)]
}

/** Writes one into all of them, or takes it out. */
export async function writeBundles({ admin }: ControlPlane, pem: string | undefined): Promise<void> {
  const registration = admin.config.makeApiClient(AdmissionregistrationV1Api)
  const mutating = await registration.readMutatingWebhookConfiguration({ name: release })
  const validating = await registration.readValidatingWebhookConfiguration({ name: release })
  for (const { clientConfig } of [...(mutating.webhooks ?? []), ...(validating.webhooks ?? [])]) {
    if (pem === undefined) delete clientConfig.caBundle
    else clientConfig.caBundle = btoa(pem)
  }
  await registration.replaceMutatingWebhookConfiguration({ name: release, body: mutating })
  await registration.replaceValidatingWebhookConfiguration({ name: release, body: validating })
}

function ifMissing<T>(instead: T): (error: unknown) => T {
  return error => {
    if ((error as { code?: number }).code === 404) return instead
    throw error
  }
}
