/**
 * Admissions over TLS beside a raw node:https server in the same run. What counts is how many a server gives for the same
 * processor time; in the rates and latencies the clients and other work on the machine have a part.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { createAuthority, createLeaf } from '../../src/admission/certificates.ts'
import { type Figure, middle, quantile } from './figures.ts'
import { reviewBody } from './review.ts'
import { longhaulArguments, processorMs, type Server, startServer } from './servers.ts'
import { type Clients, openClients } from './tls-clients.ts'

const connections = 32
/** Both servers run for weeks; after so many their code is compiled as it is then (the last change seen came at 75,000). */
const warmUpRequests = 100_000
const turnSeconds = 1
const rounds = 24

interface Rival {
  server: Server
  clients: Clients
}

interface Turn {
  perSecond: number
  p99Ms: number
  processorMicroseconds: number
}

export async function run(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-bench-'))
  const servers: Server[] = []
  try {
    const longhaul = await startServer(longhaulArguments(folder), join(folder, 'longhaul.log'))
    servers.push(longhaul)
    const raw = await startRaw(folder, await answerOf(longhaul.port))
    servers.push(raw)
    return await compare(longhaul, raw)
  } finally {
    for (const server of servers) await server.stop()
    rmSync(folder, { recursive: true })
  }
}

async function compare(longhaul: Server, raw: Server): Promise<Figure[]> {
  const rivals = { longhaul: await warmUp(longhaul), raw: await warmUp(raw) }
  const turns: Record<keyof typeof rivals, Turn[]> = { longhaul: [], raw: [] }
  // In turn, so that another load on the machine hits both; and neither is always the first.
  const order = ['longhaul', 'raw'] as const
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? order : order.toReversed()) {
      turns[name].push(await measure(rivals[name]))
    }
  }
  for (const { clients } of Object.values(rivals)) clients.close()
  const of = (name: keyof typeof turns, what: keyof Turn) => middle(turns[name].map(turn => turn[what]))
  const ratio = (value: (longhaul: Turn, raw: Turn) => number) =>
    middle(turns.longhaul.map((turn, round) => value(turn, turns.raw[round] as Turn)))
  return [
    {
      what: 'raw node:https, processor time of a request',
      ...of('raw', 'processorMicroseconds'),
      unit: 'us',
    },
    { what: 'longhaul, processor time of a request', ...of('longhaul', 'processorMicroseconds'), unit: 'us' },
    {
      what: 'longhaul to raw, admissions in the same processor time',
      ...ratio((longhaul, raw) => raw.processorMicroseconds / longhaul.processorMicroseconds),
      unit: 'times',
      atLeast: 0.65,
    },
    { what: 'raw, admissions a second', ...of('raw', 'perSecond'), unit: '/s' },
    { what: 'longhaul, admissions a second', ...of('longhaul', 'perSecond'), unit: '/s' },
    {
      what: 'longhaul to raw, admissions a second',
      ...ratio((longhaul, raw) => longhaul.perSecond / raw.perSecond),
      unit: 'times',
    },
    { what: 'raw, p99', ...of('raw', 'p99Ms'), unit: 'ms' },
    { what: 'longhaul, p99', ...of('longhaul', 'p99Ms'), unit: 'ms' },
    {
      what: 'longhaul to raw, p99',
      ...ratio((longhaul, raw) => longhaul.p99Ms / raw.p99Ms),
      unit: 'times',
      limit: 3,
    },
  ]
}

/** A server that has answered as many requests as it takes, and clients with connections that stay open. */
async function warmUp(server: Server): Promise<Rival> {
  const clients = await openClients(server.port, reviewBody, connections)
  for (let answers = 0; answers < warmUpRequests; ) {
    answers += (await clients.turn(turnSeconds)).latenciesMs.length
  }
  return { server, clients }
}

/** What a server does for its clients in a turn. */
async function measure({ server, clients }: Rival): Promise<Turn> {
  const beforeMs = processorMs(server)
  const turn = await clients.turn(turnSeconds)
  const answers = turn.latenciesMs.length
  return {
    perSecond: answers / turn.seconds,
    p99Ms: quantile(turn.latenciesMs, 0.99),
    processorMicroseconds: ((processorMs(server) - beforeMs) * 1000) / answers,
  }
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
