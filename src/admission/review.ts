/**
 * AdmissionReview v1, in and out. The Kubernetes client has no types for it: it belongs to no API that the
 * API server serves (k8s.io/api/admission/v1).
 */

import type { Operation } from '../mutation/patch.ts'
import { RequestError } from './request-error.ts'

const maxUidLength = 253
const reviewVersion = 'admission.k8s.io/v1'

/** What the API server asks, as far as Longhaul looks at it. */
export interface AdmissionRequest {
  uid: string
  kind?: { group?: string; version?: string; kind?: string }
  operation?: string
  namespace?: string
  name?: string
  /** Absent for deletions. */
  object?: unknown
}

export interface AdmissionResponse {
  allowed: boolean
  patch?: readonly Operation[]
  warnings?: readonly string[]
  /** Why the request is denied. */
  message?: string
}

/** The request in a parsed body. Throws a RequestError, of status 400, where there is none. */
export function readReview(body: unknown): AdmissionRequest {
  const review = (body ?? {}) as { apiVersion?: unknown; kind?: unknown; request?: unknown }
  if (review.kind !== 'AdmissionReview') throw new RequestError(400, 'The body is not an AdmissionReview.')
  if (review.apiVersion !== reviewVersion) {
    const given = typeof review.apiVersion === 'string' ? review.apiVersion.slice(0, 60) : 'none'
    throw new RequestError(
      400,
      `The AdmissionReview's apiVersion is ${given}; only ${reviewVersion} is understood.`,
    )
  }
  const request = (review.request ?? {}) as Partial<AdmissionRequest>
  if (typeof request.uid !== 'string' || request.uid === '') {
    throw new RequestError(400, 'The AdmissionReview has no request with a uid.')
  }
  // It is repeated in the answer, and a UUID has 36.
  if (request.uid.length > maxUidLength) {
    throw new RequestError(400, `The request's uid is longer than ${maxUidLength} characters.`)
  }
  return request as AdmissionRequest
}

/**
 * The body of the answer, as JSON text; put together, so that a long patch is not looked through again. Undefined where it
 * would have more than so many characters.
 */
export function writeReview(
  uid: string,
  { patch, ...rest }: AdmissionResponse,
  maxLength: number,
): string | undefined {
  const text = patch === undefined || patch.length === 0 ? '' : patchText(patch, maxLength)
  if (text === undefined) return undefined
  const review = writeShortReview(uid, rest, text)
  return review.length <= maxLength ? review : undefined
}

/** The same for an answer that needs no bound, with the text of a patch where there is one. */
export function writeShortReview(
  uid: string,
  { allowed, warnings, message }: Omit<AdmissionResponse, 'patch'>,
  patch = '',
): string {
  let response = `"uid":${JSON.stringify(uid)},"allowed":${allowed}`
  if (patch !== '') response += `,"patchType":"JSONPatch","patch":"${Buffer.from(patch).toString('base64')}"`
  if (warnings !== undefined && warnings.length > 0) response += `,"warnings":${JSON.stringify(warnings)}`
  if (message !== undefined) {
    response += `,"status":${JSON.stringify({ code: 403, reason: 'Forbidden', message })}`
  }
  return `{"apiVersion":"${reviewVersion}","kind":"AdmissionReview","response":{${response}}}`
}

/** More than a usual pod needs. */
const operationsInPiece = 100

/** A patch as JSON, piece by piece: one that would be too long in base64, four characters for three, is given up early. */
function patchText(patch: readonly Operation[], maxLength: number): string | undefined {
  if (patch.length <= operationsInPiece) return JSON.stringify(patch)
  let text = ''
  for (let start = 0; start < patch.length; start += operationsInPiece) {
    const piece = JSON.stringify(patch.slice(start, start + operationsInPiece))
    text += `${start === 0 ? '[' : ','}${piece.slice(1, -1)}`
    if ((text.length / 3) * 4 > maxLength) return undefined
  }
  return `${text}]`
}
