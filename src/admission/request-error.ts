/** Requests that can't be answered with a review. */

/** A mistake of the caller; `status` is that of the HTTP response. */
export class RequestError extends Error {
  override name = 'RequestError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** The body for a failed request: a Status object, whose message the API server passes on. */
export function statusBody(code: number, message: string): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'Status', status: 'Failure', code, message })
}
