/** One transfer with pauses, or a request that waits: `ready` before it, `answered` once its answer is whole, or `lost WHY`. */

import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { request as undiciRequest } from 'undici'
import { answered, lost, ready } from './report.ts'

/** Gives the answer's head and body. */
type Ask = (url: string, upload: Readable | undefined) => Promise<{ headers: object; body: Readable }>

const asks: Readonly<Record<string, Ask>> = { 'http agent': throughAgent, undici: throughUndici }
const [library = '', url = '', pauses = '', pauseMs = ''] = process.argv.slice(2)
const ask = asks[library]
if (ask === undefined) throw new Error(`there is no transfer by ${library}`)

ready()
await transfer(ask).then(answered, lost)

/** Pauses while it sends, or while it reads. */
async function transfer(ask: Ask): Promise<void> {
  const { headers, body } = await ask(url, url.endsWith('/upload') ? Readable.from(slowly()) : undefined)
  const length = Number((headers as { 'content-length'?: string })['content-length'])
  let received = 0
  let paused = 0
  for await (const chunk of body) {
    received += chunk.length
    if (received <= ((paused + 1) * length) / Number(pauses)) continue
    paused += 1
    await delay(Number(pauseMs))
  }
  if (received !== length) throw new Error(`${received} bytes of ${length}`)
}

async function* slowly(): AsyncGenerator<string> {
  for (let each = 0; each < Number(pauses); each += 1) {
    yield 'chunk\n'
    await delay(Number(pauseMs))
  }
}

async function throughAgent(url: string, upload: Readable | undefined) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const request = httpRequest(url, { agent, method: upload === undefined ? 'GET' : 'PUT' }, resolve)
  request.on('error', reject)
  if (upload === undefined) request.end()
  else upload.pipe(request)
  const body = await promise
  return { headers: body.headers, body }
}

async function throughUndici(url: string, upload: Readable | undefined) {
  return await (upload === undefined
    ? undiciRequest(url)
    : undiciRequest(url, { method: 'PUT', body: upload }))
}
