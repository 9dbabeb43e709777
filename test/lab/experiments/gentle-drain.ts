/** Clients of five libraries ask once a second, while their server is replaced and hangs them up when they are quiet. */

import type { Line } from '../pods/container.ts'
import type { Pod } from '../pods/pod.ts'
import { rollOut } from '../pods/rollout.ts'
import { onlyContainer } from '../pods/wait.ts'
import { postgresql } from '../systems/postgresql.ts'
import { redis } from '../systems/redis.ts'
import { sessionServer } from '../systems/sessions.ts'
import type { System } from '../systems/system.ts'
import { inTurn } from './cases.ts'
import type { Experiment, Lab, Observation } from './experiment.ts'
import { figuresTable } from './figures-table.ts'
import { nothing } from './policies.ts'
import { openStage } from './stage.ts'

const clients = 40
const rollouts = 3

/** Real times: what the clients do is not divided by the lab's scale. */
const annotations = {
  'longhaul.dev/pre-stop-sleep': '1s',
  'longhaul.dev/drain-timeout': '20s',
  'longhaul.dev/drain-hangup': '300ms',
}

interface Kind {
  name: string
  server: System
  workload: string
}

const kinds: readonly Kind[] = [
  { name: 'Node http, agent with keepAlive', server: sessionServer, workload: 'askers-http-agent' },
  { name: 'undici', server: sessionServer, workload: 'askers-undici' },
  { name: 'ws', server: sessionServer, workload: 'askers-ws' },
  { name: 'ioredis', server: redis, workload: 'askers-ioredis' },
  { name: 'pg', server: postgresql, workload: 'askers-pg' },
]

export const gentleDrain: Experiment = {
  name: 'gentle-drain',
  title: 'Hangups while draining',
  about: `${clients} clients ask once a second each over connections that they keep, while their server is replaced ${rollouts} times, with a drain of 20 s and drain-hangup 300 ms. An operation without an answer has failed, whatever it is for; no client tries it again, but for what its library does by itself. Seconds from the last connection's end to that of the last old pod.`,
  async run(lab) {
    return await inTurn(kinds, lab, replaceServer)
  },
  table: observations =>
    figuresTable(
      observations.map(each => ({ ...each, variant: each.subject })),
      'client',
    ),
}

async function replaceServer({ name, server, workload }: Kind, lab: Lab): Promise<Observation> {
  await using stage = openStage(lab, { CLIENTS: String(clients), SCALE: String(lab.scale) })
  lab.progress(`${name}: starting a server and ${clients} clients`)
  let { pods } = await stage.serve(server, { annotations })
  const client = await stage.client(server, workload, nothing)
  const fromMs = performance.now()
  const lags: number[] = []
  for (let each = 1; each <= rollouts; each += 1) {
    lab.progress(`${name}: rollout ${each} of ${rollouts}`)
    const startMs = performance.now()
    const rolled = await rollOut(stage.cluster, pods, stage.server(server, annotations))
    lags.push(startMs + rolled.goneSeconds * 1000 - lastLossMs(client))
    pods = rolled.pods
  }
  const lines = onlyContainer(client).log.filter(({ atMs }) => atMs >= fromMs)
  return {
    subject: name,
    circumstance: 'rollout',
    variant: 'drain-hangup',
    figures: {
      'connections hung up': starting(lines, 'lost').length,
      'operations failed': starting(lines, 'failed').length,
      'drained after the last, s': Math.max(...lags) / 1000,
    },
  }
}

function starting(lines: readonly Line[], start: string): Line[] {
  return lines.filter(({ text }) => text.startsWith(start))
}

function lastLossMs(client: Pod): number {
  return starting(onlyContainer(client).log, 'lost').at(-1)?.atMs ?? Number.NaN
}
