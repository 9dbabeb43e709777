/** A mutating webhook of someone else's, as meshes have one. */

import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { AdmissionregistrationV1Api, type V1Pod } from '@kubernetes/client-node'
import { ca, leaf } from '../admission/webhook.ts'
import type { ControlPlane } from './control-plane.ts'

export interface MutatingWebhook {
  /** Decides the order: the API server calls webhooks by the names of their configurations. */
  name: string
  /** Of the namespaces whose objects it is called for. */
  label: string
  /** Pods that are created, where it says nothing else. */
  rule?: { resources: string[]; operations: string[] }
  /** What it does to a pod, as a JSON patch. */
  patch(pod: V1Pod): readonly object[]
  warnings?: readonly string[]
}

const forgetMs = 1000

const podCreations = { resources: ['pods'], operations: ['CREATE'] }

/** Starts it; the API server learns of it a moment later. */
export async function startMutatingWebhook(
  { admin }: ControlPlane,
  { name, label, patch, rule = podCreations, warnings = [] }: MutatingWebhook,
): Promise<AsyncDisposable> {
  const server = createServer(leaf, async (incoming, response) => {
    const { request } = (await json(incoming)) as { request: { uid: string; object: V1Pod } }
    const answer = {
      uid: request.uid,
      allowed: true,
      patchType: 'JSONPatch',
      patch: Buffer.from(JSON.stringify(patch(request.object))).toString('base64'),
      warnings,
    }
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer }),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const admission = admin.config.makeApiClient(AdmissionregistrationV1Api)
  await admission.createMutatingWebhookConfiguration({
    body: {
      metadata: { name },
      webhooks: [
        {
          name,
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          failurePolicy: 'Fail',
          clientConfig: { url: `https://127.0.0.1:${port}`, caBundle: Buffer.from(ca).toString('base64') },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], ...rule }],
          namespaceSelector: { matchExpressions: [{ key: label, operator: 'Exists' }] },
        },
      ],
    },
  })
  return {
    async [Symbol.asyncDispose]() {
      await admission.deleteMutatingWebhookConfiguration({ name })
      // The API server learns of it a moment later; until then it would refuse what it can't ask about.
      await delay(forgetMs)
      server.closeAllConnections()
      server.close()
    },
  }
}
