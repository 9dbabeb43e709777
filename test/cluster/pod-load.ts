/** Pods created at a steady rate, and what became of each. */

import { setInterval as ticks } from 'node:timers/promises'
import type { V1Pod } from '@kubernetes/client-node'
import type { Identity } from './identity.ts'
import { createPoster, type Poster } from './poster.ts'

export interface Creation {
  /** By `performance.now()`. */
  startedMs: number
  endedMs: number
  /** `unreachable`: the API server itself did not answer, or was starting or stopping. */
  outcome: 'mutated' | 'unchanged' | 'refused' | 'unreachable'
  /** What the API server answered, where it refused. */
  message?: string
  pod?: V1Pod
}

export interface PodLoad {
  /** Those that have ended so far. */
  creations(): readonly Creation[]
  /** Waits for those under way. */
  stop(): Promise<void>
}

/** Statuses of an API server that is starting, stopping or has too much to do; and of a store that is. */
const unreachableStatuses = new Set([401, 429, 500, 503])

/** Of admission in an API server that has just started, with status 403. */
const startingMessage = 'not yet ready to handle request'

/**
 * Creates pods as dry runs, which take the same way through admission and leave nothing behind. A new one is begun
 * at each tick, whether the one before has ended or not, unless a second's worth are
 * under way: a machine that is too busy for the rate would be ever later with all of them.
 */
export async function startPodLoad(
  identity: Identity,
  namespace: string,
  perSecond: number,
): Promise<PodLoad> {
  const poster = await createPoster(identity)
  const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`
  const ended: Creation[] = []
  const running = new Set<Promise<void>>()
  const stop = new AbortController()
  const run = async () => {
    for await (const _ of ticks(1000 / perSecond, undefined, { signal: stop.signal })) {
      if (running.size >= perSecond) continue
      const creation = create(poster, path).then(result => void ended.push(result))
      running.add(creation)
      void creation.finally(() => running.delete(creation))
    }
  }
  const whole = run().catch(ignoreAbort)
  return {
    creations: () => ended,
    async stop() {
      stop.abort()
      await whole
      await Promise.all(running)
      poster.close()
    },
  }
}

const body = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { generateName: 'load-' },
  spec: { containers: [{ name: 'app', image: 'example.com/app' }] },
}

async function create(poster: Poster, path: string): Promise<Creation> {
  const startedMs = performance.now()
  try {
    const { status, answer } = await poster.post(path, body)
    const endedMs = performance.now()
    if (status === 201) {
      const pod = JSON.parse(answer) as V1Pod
      const isMutated = pod.metadata?.annotations?.['longhaul.dev/status'] !== undefined
      return { startedMs, endedMs, outcome: isMutated ? 'mutated' : 'unchanged', pod }
    }
    const isAway = unreachableStatuses.has(status) && !answer.includes('webhook')
    const outcome = isAway || answer.includes(startingMessage) ? 'unreachable' : 'refused'
    return { startedMs, endedMs, outcome, message: `${status} ${answer}` }
  } catch (error) {
    return { startedMs, endedMs: performance.now(), outcome: 'unreachable', message: String(error) }
  }
}

function ignoreAbort(error: unknown): void {
  if ((error as Error).name !== 'AbortError') throw error
}
