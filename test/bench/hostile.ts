/** What the webhook takes for reviews of attackers, beside usual ones of the same size. */

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
import { longhaulArguments, startServer } from './servers.ts'

const reviews = 1000
/** The same ones in every run. */
const seed = 1
/** The best of so many is what a review takes, whatever else runs on the machine. */
const takes = 3
const warmUpReviews = 2000

export async function run(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-bench-'))
  const server = await startServer(longhaulArguments(folder), join(folder, 'longhaul.log'))
  try {
    return await compare(server.port)
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true })
  }
}

async function compare(port: number): Promise<Figure[]> {
  const attacks = [...knownAttacks, ...fc.sample(hostileReviews, { numRuns: reviews, seed })]
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false })
  const take = (body: string) => bestMs(agent, port, body)
  for (let each = 0; each < warmUpReviews; each++) await answerMs(agent, port, reviewBody)
  const ratios: number[] = []
  for (const hostile of attacks) {
    const usual = usualReview(Buffer.byteLength(hostile))
    ratios.push((await take(hostile)) / (await take(usual)))
  }
  agent.destroy()
  return [
    { what: `${reviews} hostile reviews to usual ones, median`, value: quantile(ratios, 0.5), unit: 'times' },
    { what: 'the worst', value: Math.max(...ratios), unit: 'times', limit: 3 },
  ]
}

async function bestMs(agent: Agent, port: number, body: string): Promise<number> {
  const all: number[] = []
  for (let each = 0; each < takes; each++) all.push(await answerMs(agent, port, body))
  return Math.min(...all)
}

/** Milliseconds from the call to the whole answer, over a connection that stays open. */
async function answerMs(agent: Agent, port: number, body: string): Promise<number> {
  const start = performance.now()
  await new Promise<Buffer>((resolve, reject) => {
    const call = request(
      {
        agent,
        port,
        host: '127.0.0.1',
        path: '/mutate',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
      },
      response => void buffer(response).then(resolve, reject),
    )
    call.on('error', reject).end(body)
  })
  return performance.now() - start
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
