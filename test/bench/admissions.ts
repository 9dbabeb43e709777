/** Admissions a second over TLS, and their latency, beside a raw node:https server in the same run. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import autocannon from 'autocannon'
import { createAuthority, createLeaf } from '../../src/admission/certificates.ts'
import { type Figure, median } from './figures.ts'
import { reviewBody } from './review.ts'
import { longhaulArguments, type Server, startServer } from './servers.ts'

const connections = 32
/** Both servers run for weeks; so long it takes until their code is compiled as it is then. */
const warmUpSeconds = 10
const turnSeconds = 5
const turns = 5

interface Turn {
  perSecond: number
  p99Ms: number
}

export async function run(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-bench-'))
  const servers: Server[] = []
  try {
    const longhaul = await startServer(longhaulArguments(folder), join(folder, 'longhaul.log'))
    servers.push(longhaul)
    const raw = await startRaw(folder, await answerOf(longhaul.port))
    servers.push(raw)
    return await compare(longhaul.port, raw.port)
  } finally {
    for (const server of servers) await server.stop()
    rmSync(folder, { recursive: true })
  }
}

async function compare(longhaulPort: number, rawPort: number): Promise<Figure[]> {
  for (const port of [longhaulPort, rawPort]) await load(port, warmUpSeconds)
  const pairs: { longhaul: Turn; raw: Turn }[] = []
  // In turn, so that another load on the machine hits both.
  for (let turn = 0; turn < turns; turn++) {
    pairs.push({ longhaul: await load(longhaulPort, turnSeconds), raw: await load(rawPort, turnSeconds) })
  }
  const ratio = (of: keyof Turn) => median(pairs.map(({ longhaul, raw }) => longhaul[of] / raw[of]))
  return [
    {
      what: 'raw node:https, fixed answer',
      value: median(pairs.map(({ raw }) => raw.perSecond)),
      unit: '/s',
    },
    { what: 'longhaul', value: median(pairs.map(({ longhaul }) => longhaul.perSecond)), unit: '/s' },
    { what: 'longhaul to raw, admissions a second', value: ratio('perSecond'), unit: 'times', atLeast: 0.65 },
    { what: 'raw, p99', value: median(pairs.map(({ raw }) => raw.p99Ms)), unit: 'ms' },
    { what: 'longhaul, p99', value: median(pairs.map(({ longhaul }) => longhaul.p99Ms)), unit: 'ms' },
    { what: 'longhaul to raw, p99', value: ratio('p99Ms'), unit: 'times', limit: 3 },
  ]
}

/** Keep-alive connections that each send the next request when the last is answered. */
async function load(port: number, seconds: number): Promise<Turn> {
  const result = await autocannon({
    url: `https://127.0.0.1:${port}/mutate`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: reviewBody,
    connections,
    duration: seconds,
  })
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx + result.errors} requests failed`)
  return { perSecond: result.requests.average, p99Ms: result.latency.p99 }
}

async function startRaw(folder: string, answer: Buffer): Promise<Server> {
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) }
  const { key, cert } = await createLeaf(await createAuthority('bench', validity), ['localhost'], validity)
  writeFileSync(join(folder, 'tls.key'), key)
  writeFileSync(join(folder, 'tls.crt'), cert)
  writeFileSync(join(folder, 'answer.json'), answer)
  const script = new URL('raw-server.ts', import.meta.url).pathname
  return startServer([script, folder, join(folder, 'answer.json')], join(folder, 'raw.log'))
}

/** Longhaul's own answer, for the reference to send. */
function answerOf(port: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', path: '/mutate', method: 'POST', rejectUnauthorized: false }
    const call = request({ ...options, headers: { 'content-type': 'application/json' } }, response => {
      buffer(response).then(resolve, reject)
    })
    call.on('error', reject).end(reviewBody)
  })
}
