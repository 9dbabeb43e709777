/** The webhook as a process, and a client that trusts its CA and nobody else. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { json } from 'node:stream/consumers'

export interface RunningWebhook {
  port: number
  /** The `response` of the AdmissionReview that comes back. */
  mutate(review: object): Promise<{ allowed: boolean; patch?: string }>
  /** Stops the process by SIGTERM, and gives its exit status. */
  stop(): Promise<number | null>
}

/** Starts `longhaul serve --standalone` on free ports; its CA goes to a folder. */
export async function startWebhook(bundle: string, config: string, folder: string): Promise<RunningWebhook> {
  const options = [
    '--standalone',
    '--port',
    '0',
    '--admin-port',
    '0',
    '--tls-dir',
    folder,
    '--config',
    config,
  ]
  const child = spawn(process.execPath, [bundle, 'serve', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const port = await listeningPort(child)
  const ca = readFileSync(join(folder, 'ca.crt'), 'utf8')
  return {
    port,
    mutate: review => post(port, ca, review),
    async stop() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      const [status] = await ended
      return status
    },
  }
}

async function listeningPort(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error('the webhook has no output')
  for await (const line of createInterface(child.stdout)) {
    const { msg, port } = JSON.parse(line)
    if (msg === 'listening') return port
  }
  throw new Error('the webhook did not start')
}

function post(port: number, ca: string, body: object): Promise<{ allowed: boolean; patch?: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ allowed: boolean; patch?: string }>()
  const options = { host: 'localhost', port, path: '/mutate', method: 'POST', ca }
  const call = request({ ...options, headers: { 'content-type': 'application/json' } }, response => {
    json(response).then(review => resolve((review as { response: { allowed: boolean } }).response), reject)
  })
  call.on('error', reject).end(JSON.stringify(body))
  return promise
}
