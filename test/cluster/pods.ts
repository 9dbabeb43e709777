/** Namespaces and pods in them, as tests make them. */

import { CoreV1Api, type V1ObjectMeta, type V1Pod, type V1PodSpec } from '@kubernetes/client-node'
import type { ControlPlane } from './control-plane.ts'

type Texts = Record<string, string>

export const inject: Texts = { 'longhaul.dev/inject': 'true' }

/** A namespace for trials of whether the webhook is asked at all, once the installation has been. */
export const probed = 'longhaul-probed'

/**
 * Where there is none yet. With the default service account, which a controller would make in a moment: no pod can
 * be made without.
 */
export async function createNamespace(
  { admin }: Pick<ControlPlane, 'admin'>,
  name: string,
  labels: Texts = {},
): Promise<void> {
  const core = admin.config.makeApiClient(CoreV1Api)
  await core.createNamespace({ body: { metadata: { name, labels } } }).catch(ignoreExisting)
  const body = { metadata: { name: 'default' } }
  await core.createNamespacedServiceAccount({ namespace: name, body }).catch(ignoreExisting)
}

/** The pod as it would be created; nothing is left behind. Rejects where it is refused. */
export function tryPod(
  { admin }: Pick<ControlPlane, 'admin'>,
  namespace: string,
  annotations: Texts = {},
  more: Partial<V1PodSpec> = {},
): Promise<V1Pod> {
  const metadata: V1ObjectMeta = { name: 'one', annotations }
  const spec = { containers: [{ name: 'app', image: 'example.com/app' }], ...more }
  const core = admin.config.makeApiClient(CoreV1Api)
  return core.createNamespacedPod({ namespace, body: { metadata, spec }, dryRun: 'All' })
}

/** True where Longhaul has noted on the pod what it did. */
export function isMutated({ metadata }: V1Pod): boolean {
  return metadata?.annotations?.['longhaul.dev/status'] !== undefined
}

/** The value of a variable of the pod's first container. */
export function variableOf({ spec }: V1Pod, wanted: string): string | undefined {
  return spec?.containers[0]?.env?.find(({ name }) => name === wanted)?.value
}

/** As far as a test cares: how long a connection is quiet before the first probe. */
export function idleOf(pod: V1Pod): string | undefined {
  return variableOf(pod, 'LONGHAUL_KEEPALIVE')?.split(',')[0]
}

function ignoreExisting(error: unknown): void {
  if ((error as { code?: number }).code !== 409) throw error
}
