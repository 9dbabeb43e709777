/** The short form of the lab: outcomes, not milliseconds. */

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, it } from 'vitest'
import type { Observation } from './experiments/experiment.ts'
import { available, labObstacle } from './requirements.ts'
import type { Results } from './results/results.ts'
import { http } from './systems/http.ts'
import { nats } from './systems/nats.ts'
import { redis } from './systems/redis.ts'

const main = new URL('main.ts', import.meta.url).pathname
const wholeMs = 180_000
/** What the timers promise, 9 s, and time for a busy machine. */
const promisedSeconds = 15

const obstacle = labObstacle()
const { missing } = available([nats, redis, http])
for (const each of obstacle === undefined ? missing : [obstacle])
  process.stderr.write(`test/lab is skipped, whole or in part: ${each}\n`)

let results: Results
beforeAll(async () => {
  if (obstacle === undefined) results = await runLab()
}, wholeMs)

async function runLab(): Promise<Results> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'longhaul-lab-'))
  const output = join(folder.path, 'results.json')
  const args = [
    '--short',
    '--only=silent-death,rollout,transfers',
    '--systems=NATS,Redis,HTTP',
    `--output=${output}`,
  ]
  await promisify(execFile)(process.execPath, [main, ...args]).catch((error: { stdout: string }) => {
    throw new Error(`the lab failed:\n${error.stdout}`, { cause: error })
  })
  return JSON.parse(readFileSync(output, 'utf8'))
}

function observed(experiment: string, subject: string, variant: string): Observation['figures'] {
  const { observations } = results.experiments.find(({ name }) => name === experiment) ?? { observations: [] }
  const found = observations.find(each => each.subject === subject && each.variant === variant)
  if (found === undefined) throw new Error(`the lab has nothing about ${subject} with ${variant}`)
  return found.figures
}

it.for([
  { subject: 'NATS: subscriber, no ping', needs: 'nats-server' },
  { subject: 'Redis: blocking pop, keepAlive 0 (ioredis 5)', needs: 'redis-server' },
  { subject: 'HTTP: JVM, HttpURLConnection', needs: 'javac' },
  { subject: 'HTTP: JVM, HttpClient', needs: 'javac' },
  { subject: 'HTTP: Python, http.client', needs: 'python3' },
])('$subject: a silent server goes unnoticed, but for the preloaded library', ({ subject, needs }, ctx) => {
  ctx.skip(obstacle !== undefined || missing.some(each => each.includes(needs)), `needs ${needs}`)
  expect(observed('silent-death', subject, 'nothing')['seconds']).toBeNull()
  const { seconds, why } = observed('silent-death', subject, 'preload')
  expect(seconds).toBeGreaterThan(1)
  expect(seconds).toBeLessThan(promisedSeconds)
  expect(why).not.toBe('')
})

it('a rollout cuts sessions and fails requests, but for preStop sleep and drain', ctx => {
  ctx.skip(obstacle !== undefined, obstacle)
  const bare = observed('rollout', 'sessions', 'nothing')
  expect(bare['sessions cut']).toBeGreaterThan(50)
  expect(bare['of so many']).toBeGreaterThan(0)
  // A request without an answer is one that failed.
  const drained = observed('rollout', 'sessions', 'sleep, drain 5 min')
  expect(drained).toMatchObject({
    'requests that failed': 0,
    'sessions refused': 0,
    'sessions cut': 0,
  })
  expect(drained['of so many']).toBeGreaterThan(0)
})

it('a drain that hangs up cuts no request, upload or download, and ends after the last', ctx => {
  ctx.skip(obstacle !== undefined, obstacle)
  expect(observed('transfers', 'transfers', 'nothing')['lost']).toBeGreaterThan(0)
  const drained = observed('transfers', 'transfers', 'drain, drain-hangup')
  expect(drained).toMatchObject({ lost: 0 })
  expect(drained['connections hung up']).toBeGreaterThan(0)
  expect(drained['old pod gone, s']).toBeGreaterThan(Number(drained['last of all ended, s']))
})
