/** Creating and deleting objects by the thousand: the client library opens a connection for each request. */

import { Agent, type RequestOptions, request } from 'node:https'
import { text } from 'node:stream/consumers'
import type { Identity } from './identity.ts'

export interface Answer {
  status: number
  answer: string
}

export interface Poster {
  /** The status and the body of the answer. */
  post(path: string, body: object): Promise<Answer>
  delete(path: string): Promise<Answer>
  close(): void
}

/** Over connections that stay open. */
export async function createPoster({ config }: Identity): Promise<Poster> {
  const options: RequestOptions = { headers: { 'content-type': 'application/json' } }
  await config.applyToHTTPSOptions(options)
  const agent = new Agent({ keepAlive: true })
  const server = config.getCurrentCluster()?.server ?? ''
  const send = (method: string, path: string, body?: string): Promise<Answer> => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const sent = request(`${server}${path}`, { ...options, method, agent }, response => {
      text(response).then(answer => resolve({ status: response.statusCode ?? 0, answer }), reject)
    })
    sent.on('error', reject).end(body)
    return promise
  }
  return {
    post: (path, body) => send('POST', path, JSON.stringify(body)),
    delete: path => send('DELETE', path),
    close: () => agent.destroy(),
  }
}
