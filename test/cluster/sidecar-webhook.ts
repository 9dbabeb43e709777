/** Another mutating webhook, as meshes have one: it adds a container to pods that it is labelled for. */

import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { AdmissionregistrationV1Api } from '@kubernetes/client-node'
import { ca, leaf } from '../admission/webhook.ts'
import type { ControlPlane } from './control-plane.ts'

const name = 'sidecars.example.com'
const patch = [
  { op: 'add', path: '/spec/containers/-', value: { name: 'sidecar', image: 'example.com/sidecar' } },
  { op: 'add', path: '/metadata/labels/sidecar', value: 'added' },
]

/** Starts it for the namespaces with a label. */
export async function startSidecarWebhook({ admin }: ControlPlane, label: string): Promise<AsyncDisposable> {
  const server = createServer(leaf, async (request, response) => {
    const { request: review } = (await json(request)) as { request: { uid: string } }
    const answer = {
      uid: review.uid,
      allowed: true,
      patchType: 'JSONPatch',
      patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
      warnings: ['a "sidecar" was added, as ordered'],
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
          clientConfig: { url: `https://127.0.0.1:${port}`, caBundle: Buffer.from(ca).toString('base64') },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
          namespaceSelector: { matchExpressions: [{ key: label, operator: 'Exists' }] },
        },
      ],
    },
  })
  return {
    async [Symbol.asyncDispose]() {
      await admission.deleteMutatingWebhookConfiguration({ name })
      server.closeAllConnections()
      server.close()
    },
  }
}
