/** What becomes of sessions that never end by themselves, while three pods are replaced. */

import { setTimeout as delay } from 'node:timers/promises'
import { rollOut } from '../pods/rollout.ts'
import { onlyContainer } from '../pods/wait.ts'
import { sessionServer } from '../systems/sessions.ts'
import { inTurn } from './cases.ts'
import { damage } from './damage.ts'
import type { Experiment, Lab, Observation } from './experiment.ts'
import { figuresTable } from './figures-table.ts'
import { nothing, seconds, type Variant } from './policies.ts'
import { rolloutChart } from './rollout-chart.ts'
import { endpointDelaySeconds, openStage } from './stage.ts'

const replicas = 3
const users = 500
/** Seconds; divided by the lab's scale. */
const drainSeconds = 300
const quietSeconds = 3
const calmSeconds = 30
/** No session ends by itself in that time. */
const sessionSeconds = 1_000_000

export const stampede: Experiment = {
  name: 'stampede',
  title: 'Rollout under sessions that stay',
  about: `${replicas} pods are replaced one by one under ${users} WebSocket sessions that never end by themselves, with a message every 5 to 15 s. A session that is cut, by a hangup too, comes back half a second to one and a half later. Endpoints forget a deleted pod after ${endpointDelaySeconds} s; the server ends at once at SIGTERM; the peak is in one real second.`,
  async run(lab) {
    return await inTurn(variantsOf(lab), lab, replaceAll)
  },
  table: observations => figuresTable(observations, 'with'),
  chart: observations =>
    rolloutChart(
      observations,
      ['reconnects/s at the peak', 'in mid-message'],
      `${replicas} pods replaced under ${users} sessions that stay`,
    ),
}

function variantsOf({ scale }: Lab): Variant[] {
  const drain = {
    'longhaul.dev/pre-stop-sleep': seconds(10, scale),
    'longhaul.dev/drain-timeout': seconds(drainSeconds, scale),
  }
  const hangup = { 'longhaul.dev/drain-hangup': `${(quietSeconds * 1000) / scale}ms` }
  return [
    nothing,
    { name: `sleep, drain ${drainSeconds / 60} min`, annotations: drain },
    {
      name: `sleep, drain ${drainSeconds / 60} min, drain-hangup ${quietSeconds} s`,
      annotations: { ...drain, ...hangup },
    },
  ]
}

async function replaceAll({ name, annotations }: Variant, lab: Lab): Promise<Observation> {
  await using stage = openStage(lab, { USERS: String(users), SESSION_SECONDS: String(sessionSeconds) })
  lab.progress(`${name}: starting servers and ${users} sessions`)
  const { pods } = await stage.serve(sessionServer, { replicas, annotations })
  const client = await stage.client(sessionServer, 'users-websocket', nothing)
  lab.progress(`${name}: replacing the pods`)
  const fromMs = performance.now()
  const { goneSeconds } = await rollOut(stage.cluster, pods, stage.server(sessionServer, annotations))
  await delay((calmSeconds * 1000) / lab.scale)
  const lines = onlyContainer(client).log.filter(({ atMs }) => atMs >= fromMs)
  const { 'requests that failed': _, 'of so many': __, ...figures } = damage(lines, lab)
  return {
    subject: sessionServer.name,
    circumstance: 'sessions that stay',
    variant: name,
    figures: { ...figures, 'old pods gone, s': goneSeconds },
  }
}
