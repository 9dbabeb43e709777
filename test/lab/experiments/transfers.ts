/** Requests, uploads and downloads that pause, while their server is replaced and hangs up what is quiet. */

import type { Container, Line } from '../pods/container.ts'
import { rollOut } from '../pods/rollout.ts'
import { onlyContainer, waitFor } from '../pods/wait.ts'
import { transferServer } from '../systems/transfers.ts'
import { inTurn } from './cases.ts'
import type { Experiment, Lab, Observation } from './experiment.ts'
import { figuresTable } from './figures-table.ts'
import { nothing, type Variant } from './policies.ts'
import { openStage } from './stage.ts'

/** Real times, as in gentle-drain: far longer than it takes to be quiet, and the drain far longer than all. */
const pauses = 10
const pauseSeconds = 1
const endMs = 60_000
const drain = { 'longhaul.dev/pre-stop-sleep': '1s', 'longhaul.dev/drain-timeout': '20s' }

/** More than the kernel's buffers hold at most: those of receivers 6 MiB, those of senders 4 MiB. */
const downloadBytes = 40 << 20

const whats = ['wait', 'upload', 'download']
const libraries = ['http-agent', 'undici', 'curl']

export const transfers: Experiment = {
  name: 'transfers',
  title: 'Transfers while draining',
  about: `Node's http agent, undici and curl each have a request that waits for its answer, an upload and a download, of ${pauses * pauseSeconds} s with a pause each second, while their server is replaced: with a drain, drain-hangup 300 ms, and five clients beside them that ask once a second. Seconds from the begin of the rollout.`,
  async run(lab) {
    return await inTurn(variants, lab, replaceServer)
  },
  table: observations => figuresTable(observations, 'with'),
}

const variants: readonly Variant[] = [
  nothing,
  { name: 'drain, drain-hangup', annotations: { ...drain, 'longhaul.dev/drain-hangup': '300ms' } },
]

async function replaceServer({ name, annotations }: Variant, lab: Lab): Promise<Observation> {
  await using stage = openStage(lab, {
    PAUSES: String(pauses),
    PAUSE_SECONDS: String(pauseSeconds),
    PAUSE_MS: String(pauseSeconds * 1000),
    WAIT_MS: String(pauses * pauseSeconds * 1000),
    DOWNLOAD_BYTES: String(downloadBytes),
  })
  lab.progress(`${name}: starting a server and its clients`)
  const { pods } = await stage.serve(transferServer, { annotations })
  const asker = await stage.client(transferServer, 'transfers-asker', nothing)
  const workloads = whats.flatMap(what => libraries.map(library => `${what}-${library}`))
  const clients = await Promise.all(workloads.map(each => stage.client(transferServer, each, nothing)))
  await Promise.all(pods.map(pod => allBegun(onlyContainer(pod))))
  const fromMs = performance.now()
  const { goneSeconds } = await rollOut(stage.cluster, pods, stage.server(transferServer, annotations))
  const ends = await Promise.all(clients.map(pod => endOf(onlyContainer(pod))))
  const others = onlyContainer(asker).log.filter(({ text, atMs }) => text === 'lost' && atMs >= fromMs)
  const lastMs = Math.max(...[...ends, ...others].map(({ atMs }) => atMs))
  const answered = ends.filter(({ text }) => text === 'answered').length
  return {
    subject: transferServer.name,
    circumstance: 'rollout',
    variant: name,
    figures: {
      'answered whole': answered,
      lost: ends.length - answered,
      'connections hung up': pods.reduce((sum, pod) => sum + hungUpBy(onlyContainer(pod)), 0),
      'last of all ended, s': (lastMs - fromMs) / 1000,
      'old pod gone, s': goneSeconds,
    },
  }
}

/** Resolves when a server has begun to serve each of them. */
async function allBegun(server: Container): Promise<void> {
  const begun = (what: string) => server.log.filter(({ text }) => text === `begun /${what}`).length
  const isReached = () => (whats.every(each => begun(each) === libraries.length) ? true : undefined)
  if ((await waitFor(server, isReached, endMs)) === undefined) throw new Error('not all have begun')
}

/** How many connections the drain of a server says that it has hung up. */
function hungUpBy({ log }: Container): number {
  const counts = log.map(({ text }) => /^longhaul: drain: .*; (\d+) hung up/.exec(text)?.[1] ?? 0)
  return Math.max(...counts.map(Number))
}

/** What a client says at its end. */
async function endOf(client: Container): Promise<Line> {
  await waitFor(client, () => client.end, endMs)
  const last = client.log.at(-1)
  if (client.end === undefined || last === undefined) throw new Error(`${client.name} has not ended`)
  return last
}
