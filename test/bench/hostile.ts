/** The processor time that the webhook takes for reviews of attackers, beside usual ones of the same size. */

import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { hostileReviews } from '../admission/hostile-reviews.ts'
import { podRequest, review } from '../admission/reviews.ts'
import { type Figure, quantile } from './figures.ts'
import { reviewBody } from './review.ts'
import { longhaulArguments, processorMs, type Server, startServer } from './servers.ts'

const reviews = 1000
/** The same ones in every run. */
const seed = 1
/** The best of so many is what a review takes, whatever else runs on the machine. */
const takes = 5
const warmUpReviews = 2000

export async function run(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-bench-'))
  const server = await startServer(longhaulArguments(folder), join(folder, 'longhaul.log'))
  try {
    return await compare(server)
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true })
  }
}

async function compare(server: Server): Promise<Figure[]> {
  const attacks = [...knownAttacks, ...fc.sample(hostileReviews, { numRuns: reviews, seed })]
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false })
  const take = async (body: string) => {
    const beforeMs = processorMs(server)
    await send(agent, server.port, body)
    return processorMs(server) - beforeMs
  }
  for (let each = 0; each < warmUpReviews; each++) await take(reviewBody)
  const ratios: number[] = []
  for (const hostile of attacks) ratios.push(await bestRatio(take, hostile))
  agent.destroy()
  return [
    { what: `${reviews} hostile reviews to usual ones, median`, value: quantile(ratios, 0.5), unit: 'times' },
    { what: 'the worst', value: Math.max(...ratios), unit: 'times', limit: 3 },
  ]
}

/** Of the best take of each; in turn, so that both are hit by whatever else the server does. */
async function bestRatio(take: (body: string) => Promise<number>, hostile: string): Promise<number> {
  const usual = usualReview(Buffer.byteLength(hostile))
  const hostileMs: number[] = []
  const usualMs: number[] = []
  for (let each = 0; each < takes; each++) {
    hostileMs.push(await take(hostile))
    usualMs.push(await take(usual))
  }
  return Math.min(...hostileMs) / Math.min(...usualMs)
}

/** Sends a review and takes the whole answer, over a connection that stays open. */
function send(agent: Agent, port: number, body: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { agent, port, host: '127.0.0.1', path: '/mutate', method: 'POST' }
    const call = request({ ...options, headers: { 'content-type': 'application/json' } }, response => {
      void buffer(response).then(resolve, reject)
    })
    call.on('error', reject).end(body)
  })
}

/** A review of a usual pod of about so many bytes: ten containers with as many variables as it takes. */
function usualReview(bytes: number): string {
  const count = Math.ceil(bytes / 10 / JSON.stringify(variable(0)).length)
  const env = Array.from({ length: count }, (_, index) => variable(index))
  return review(
    podRequest({
      metadata: { name: 'usual', annotations: { 'longhaul.dev/inject': 'true' } },
      spec: {
        containers: Array.from({ length: 10 }, (_, index) => ({ name: `c${index}`, image: 'a:1', env })),
      },
    }),
  )
}

const variable = (index: number) => ({
  name: `SERVICE_${index}_ADDRESS`,
  value: `service-${index}.production.svc.cluster.local:50051`,
})

/** What once took seconds: 87,000 names, 14,000 keys, 8,000 containers. */
const knownAttacks: readonly string[] = [
  attack({ 'longhaul.dev/containers': 'zz,'.repeat(87_000) }, 100),
  attack(Object.fromEntries(Array.from({ length: 14_000 }, (_, index) => [`longhaul.dev/k${index}`, ''])), 1),
  attack({ 'longhaul.dev/profile': 'websocket', 'longhaul.dev/readiness': 'tcp' }, 8000),
]

function attack(annotations: Record<string, string>, count: number): string {
  const containers = Array.from({ length: count }, (_, index) => ({ name: `c${index}`, image: 'x' }))
  return review(podRequest({ metadata: { name: 'x', annotations }, spec: { containers } }))
}
