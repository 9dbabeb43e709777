/** AdmissionReviews to send, and what is read from the answers. */

import type { V1Pod } from '@kubernetes/client-node'
import type { Operation } from 'fast-json-patch'
import jsonPatch from 'fast-json-patch'
import type { Answer } from './webhook.ts'

export interface ReviewResponse {
  uid: string
  allowed: boolean
  patchType?: string
  patch?: string
  warnings?: string[]
  status?: { code: number; reason: string; message: string }
}

/** A pod that asks for the websocket profile, with a secret that no log may show. */
export const secret = 'hunter2-not-for-the-log'
export const chatPod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    generateName: 'chat-7d9f-',
    labels: { app: 'chat' },
    annotations: { 'longhaul.dev/profile': 'websocket' },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'chat-7d9f', uid: 'r1', controller: true },
    ],
  },
  spec: {
    containers: [
      {
        name: 'app',
        image: 'chat:1',
        env: [{ name: 'PASSWORD', value: secret }],
        ports: [{ containerPort: 8080 }],
      },
    ],
    terminationGracePeriodSeconds: 30,
  },
} satisfies V1Pod

/** A pod that nobody asked to change. */
export const plainPod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'plain' },
  spec: { containers: [{ name: 'app', image: 'plain:1' }] },
} satisfies V1Pod

/** The chat pod with other annotations. */
export function podWith(annotations: Record<string, string>): V1Pod {
  return { ...chatPod, metadata: { ...chatPod.metadata, annotations } }
}

/** A request for the creation of a pod, in the namespace `team`. */
export function podRequest(object: unknown, uid = 'u1') {
  return {
    uid,
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    operation: 'CREATE',
    namespace: 'team',
    object,
  }
}

/** The body of an AdmissionReview, as JSON. */
export function review(request: object): string {
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request })
}

/** The response in an answer's body. */
export function responseOf({ body }: Pick<Answer, 'body'>): ReviewResponse {
  const { apiVersion, kind, response } = JSON.parse(body)
  if (apiVersion !== 'admission.k8s.io/v1' || kind !== 'AdmissionReview')
    throw new Error(`no review: ${body}`)
  return response as ReviewResponse
}

/** The JSON patch of a response; empty without one. */
export function patchOf({ patch }: ReviewResponse): Operation[] {
  return patch === undefined ? [] : (JSON.parse(Buffer.from(patch, 'base64').toString()) as Operation[])
}

/** A pod with the patch of a response applied; the pod itself is not changed. */
export function patched<T>(pod: T, response: ReviewResponse): T {
  return jsonPatch.applyPatch(structuredClone(pod), patchOf(response), true, true, false).newDocument
}
