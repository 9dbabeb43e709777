/** Creating objects by the thousand: the client library opens a connection for each request. */

import { Agent, type RequestOptions, request } from 'node:https'
import { text } from 'node:stream/consumers'
import type { Identity } from './identity.ts'

export interface Poster {
  /** The status and the body of the answer. */
  post(path: string, body: object): Promise<{ status: number; answer: string }>
  close(): void
}

/** Over connections that stay open. */
export async function createPoster({ config }: Identity): Promise<Poster> {
  const options: RequestOptions = { method: 'POST', headers: { 'content-type': 'application/json' } }
  await config.applyToHTTPSOptions(options)
  const agent = new Agent({ keepAlive: true })
  const server = config.getCurrentCluster()?.server ?? ''
  return {
    post(path, body) {
      const { promise, resolve, reject } = Promise.withResolvers<{ status: number; answer: string }>()
      const sent = request(`${server}${path}`, { ...options, agent }, response => {
        text(response).then(answer => resolve({ status: response.statusCode ?? 0, answer }), reject)
      })
      sent.on('error', reject).end(JSON.stringify(body))
      return promise
    },
    close: () => agent.destroy(),
  }
}
