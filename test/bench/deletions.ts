/**
 * The guard against forced deletion on the path of ordinary ones: how long the API server takes with it, beside
 * deletions without it in the same run, which are measured twice to tell noise. Needs the control plane that
 * test/cluster needs.
 */

import { missingForControlPlane } from '../cluster/binaries.ts'
import { startControlPlane } from '../cluster/control-plane.ts'
import { type Guard, type Guarded, installGuard } from '../cluster/guarded.ts'
import { createPoster, type Poster } from '../cluster/poster.ts'
import { type Figure, median, quantile } from './figures.ts'

const deletions = 1000
const warmUp = 100

/** What is measured in turn, by the namespace. */
const series = {
  'with the guard': 'deny',
  'without it': 'nothing',
  'without it, again': 'nothing',
} as const
type Series = keyof typeof series
const names = Object.keys(series) as Series[]

export async function run(): Promise<readonly Figure[]> {
  const missing = missingForControlPlane('kubectl', 'helm')
  if (missing !== undefined) {
    process.stdout.write(`skipped: ${missing}\n`)
    return []
  }
  await using controlPlane = await startControlPlane()
  const guard = await installGuard(controlPlane)
  const poster = await createPoster(controlPlane.admin)
  try {
    return figuresOf(await measure(guard, poster))
  } finally {
    poster.close()
  }
}

async function measure(guard: Guard, poster: Poster): Promise<Record<Series, number[]>> {
  const times: Record<Series, number[]> = { 'with the guard': [], 'without it': [], 'without it, again': [] }
  for (let turn = -warmUp; turn < deletions; turn++) {
    for (const name of names) {
      const tookMs = await deleteMs(poster, series[name], await guard.create(series[name]))
      if (turn >= 0) times[name].push(tookMs)
    }
  }
  return times
}

/** Of a deletion with the pod's own grace period, in which it then stays: nothing ends it. */
async function deleteMs(poster: Poster, namespace: Guarded, pod: string): Promise<number> {
  const startedMs = performance.now()
  const { status, answer } = await poster.delete(`/api/v1/namespaces/${namespace}/pods/${pod}`)
  const tookMs = performance.now() - startedMs
  if (status === 200 && answer.includes('deletionTimestamp')) return tookMs
  throw new Error(`the deletion of ${pod} in ${namespace}: ${status} ${answer.slice(0, 300)}`)
}

function figuresOf(times: Record<Series, number[]>): Figure[] {
  const [guardedMs, plainMs, againMs] = names.map(name => median(times[name])) as [number, number, number]
  const totalMs = times['with the guard'].reduce((sum, each) => sum + each, 0)
  return [
    ...names.flatMap(name => [
      { what: `pod deleted ${name}, median`, value: median(times[name]), unit: 'ms' },
      { what: `pod deleted ${name}, p99`, value: quantile(times[name], 0.99), unit: 'ms' },
    ]),
    { what: 'added, median', value: guardedMs - plainMs, unit: 'ms' },
    { what: 'noise, median', value: againMs - plainMs, unit: 'ms' },
    {
      what: 'deletions with the guard, one after the other',
      value: (deletions / totalMs) * 60_000,
      unit: '/min',
    },
  ]
}
