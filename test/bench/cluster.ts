/**
 * The webhook in a cluster: what it adds to the creation of a pod, beside creations without it in the same run, and
 * what ten thousand namespaces cost it. Needs the control plane that test/cluster needs.
 */

import { readFileSync } from 'node:fs'
import { CoreV1Api } from '@kubernetes/client-node'
import { missingForControlPlane } from '../cluster/binaries.ts'
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts'
import { type Installation, install } from '../cluster/installation.ts'
import { createPoster, type Poster } from '../cluster/poster.ts'
import type { Replica } from '../cluster/replica.ts'
import { type Figure, median, quantile } from './figures.ts'
import { container } from './review.ts'

const creations = 1000
const warmUp = 200
const namespaceCount = 10_000
const parallel = 20

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { generateName: 'bench-' },
  // The token's mount is the API server's to add.
  spec: { containers: [{ ...container, volumeMounts: [] }] },
}

export async function run(): Promise<readonly Figure[]> {
  const missing = missingForControlPlane('helm')
  if (missing !== undefined) {
    process.stdout.write(`skipped: ${missing}\n`)
    return []
  }
  await using controlPlane = await startControlPlane()
  await using installation = await install(controlPlane)
  const poster = await createPoster(controlPlane.admin)
  try {
    const latency = await measureCreations(controlPlane, installation, poster)
    return [...latency, ...(await measureNamespaces(installation, poster))]
  } finally {
    poster.close()
  }
}

async function measureCreations(
  { admin }: ControlPlane,
  { replicas }: Installation,
  poster: Poster,
): Promise<Figure[]> {
  const core = admin.config.makeApiClient(CoreV1Api)
  const labels = { 'longhaul.dev/inject': 'true' }
  await core.createNamespace({ body: { metadata: { name: 'with', labels } } })
  await core.createNamespace({ body: { metadata: { name: 'without' } } })
  for (const name of ['with', 'without']) await untilPodsCanBeMade(poster, name)
  const times = { with: [] as number[], without: [] as number[] }
  for (let turn = -warmUp; turn < creations; turn++) {
    for (const name of ['with', 'without'] as const) {
      const tookMs = await createMs(poster, name)
      if (turn >= 0) times[name].push(tookMs)
    }
  }
  const own = replicas.flatMap(ownMs).slice(-creations)
  return [
    { what: 'pod created without Longhaul, median', value: median(times.without), unit: 'ms' },
    { what: 'pod created without Longhaul, p99', value: quantile(times.without, 0.99), unit: 'ms' },
    { what: 'pod created with Longhaul, median', value: median(times.with), unit: 'ms' },
    { what: 'pod created with Longhaul, p99', value: quantile(times.with, 0.99), unit: 'ms' },
    { what: 'added, median', value: median(times.with) - median(times.without), unit: 'ms' },
    { what: "of which the webhook's own, median", value: median(own), unit: 'ms', limit: 2 },
  ]
}

/** Milliseconds of each admission, from the log. */
function ownMs(replica: Replica): number[] {
  return replica
    .log()
    .filter(({ msg }) => msg === 'admission')
    .map(line => Number(line['ms']))
}

async function createMs(poster: Poster, namespace: string): Promise<number> {
  const startedMs = performance.now()
  const { status, answer } = await poster.post(`/api/v1/namespaces/${namespace}/pods`, pod)
  const tookMs = performance.now() - startedMs
  const isMutated = answer.includes('longhaul.dev/status')
  if (status === 201 && isMutated === (namespace === 'with')) return tookMs
  throw new Error(`the pod in the namespace "${namespace}": ${status} ${answer.slice(0, 300)}`)
}

/** Not before the namespace has its service account. */
async function untilPodsCanBeMade(poster: Poster, namespace: string): Promise<void> {
  for (;;) {
    const { status } = await poster.post(`/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod)
    if (status === 201) return
  }
}

async function measureNamespaces(installation: Installation, poster: Poster): Promise<Figure[]> {
  let made = 0
  const makeSome = async () => {
    while (made < namespaceCount) {
      const labels = { team: `team-${made % 50}`, 'longhaul.dev/inject': 'true' }
      await poster.post('/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: `many-${made++}`, labels },
      })
    }
  }
  await Promise.all(Array.from({ length: parallel }, makeSome))
  const startedMs = performance.now()
  const replica = await installation.add()
  const readyMs = performance.now() - startedMs
  if ((await replica.metric('longhaul_namespaces')) < namespaceCount)
    throw new Error('namespaces are missing')
  for (const other of [...installation.replicas]) if (other !== replica) installation.remove(other)
  for (let count = 0; count < creations; count++) await createMs(poster, 'with')
  return [
    { what: `start to ready with ${namespaceCount} namespaces`, value: readyMs / 1000, unit: 's', limit: 5 },
    {
      what: 'resident memory then, after 1,000 admissions',
      value: residentMB(replica),
      unit: 'MB',
      limit: 200,
    },
  ]
}

function residentMB({ pid }: Replica): number {
  const kB = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kB) / 1024
}
