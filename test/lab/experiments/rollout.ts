/** What users see while three pods are replaced one by one. */

import { setTimeout as delay } from 'node:timers/promises'
import type { Pod } from '../pods/pod.ts'
import { rollOut } from '../pods/rollout.ts'
import { onlyContainer } from '../pods/wait.ts'
import { sessionServer } from '../systems/sessions.ts'
import type { System } from '../systems/system.ts'
import { inTurn } from './cases.ts'
import { damage } from './damage.ts'
import type { Experiment, Lab, Observation } from './experiment.ts'
import { figuresTable } from './figures-table.ts'
import { nothing, seconds, type Variant } from './policies.ts'
import { rolloutChart } from './rollout-chart.ts'
import { endpointDelaySeconds, openStage } from './stage.ts'

const replicas = 3
const usersOfEachKind = { whole: 500, short: 50 }
/** Before and after the rollout. Seconds; divided by the lab's scale. */
const calmSeconds = 30
const sessionSeconds = 120

export const rollout: Experiment = {
  name: 'rollout',
  title: 'Rollout',
  about: `${replicas} pods are replaced one by one under ${usersOfEachKind.whole} WebSocket and as many socket.io sessions, which last ${sessionSeconds / 4} to ${sessionSeconds} s each, and short requests, five a second. Endpoints forget a deleted pod after ${endpointDelaySeconds} s; the server ends at once at SIGTERM, and has a readiness probe but where it says so. The longest gap is that of a session, from the cut or the refusal until it is served again; the peak is in one real second.`,
  async run(lab) {
    return await inTurn(rolloutsOf(lab), lab, replaceAll)
  },
  table: observations => figuresTable(observations, 'with'),
  chart: observations =>
    rolloutChart(
      observations.filter(({ variant }) => !variant.startsWith('no probe')),
      ['requests that failed', 'sessions refused', 'sessions cut', 'in mid-message'],
      `${replicas} pods replaced under ${2 * usersOfEachKind.whole} sessions`,
    ),
}

interface Rollout extends Variant {
  server: System
}

function rolloutsOf({ scale, short }: Lab): Rollout[] {
  const sleep = { 'longhaul.dev/pre-stop-sleep': seconds(10, scale) }
  const drain = { ...sleep, 'longhaul.dev/drain-timeout': seconds(300, scale) }
  const slowly = { ...drain, 'longhaul.dev/post-start-sleep': seconds(20, scale) }
  const readiness = { ...drain, 'longhaul.dev/readiness': 'tcp' }
  const server = sessionServer
  const withoutProbe = { ...sessionServer, server: 'chat-without-probe' }
  const drained = { name: 'sleep, drain 5 min', annotations: drain, server }
  if (short) return [{ ...nothing, server }, drained]
  return [
    { ...nothing, server },
    { name: 'preStop sleep 10 s', annotations: sleep, server },
    drained,
    { name: 'sleep, drain, post-start sleep 20 s', annotations: slowly, server },
    { name: 'no probe: nothing', annotations: nothing.annotations, server: withoutProbe },
    { name: 'no probe: sleep, drain', annotations: drain, server: withoutProbe },
    { name: 'no probe: sleep, drain, readiness tcp', annotations: readiness, server: withoutProbe },
  ]
}

async function replaceAll({ name, annotations, server }: Rollout, lab: Lab): Promise<Observation> {
  await using stage = openStage(lab, {
    USERS: String(lab.short ? usersOfEachKind.short : usersOfEachKind.whole),
    SESSION_SECONDS: String(sessionSeconds),
  })
  lab.progress(`${name}: starting servers and clients`)
  const { pods } = await stage.serve(server, { replicas, annotations })
  const clients = await Promise.all(
    ['users-websocket', 'users-socket-io', 'requests'].map(each =>
      stage.client(sessionServer, each, nothing),
    ),
  )
  const calmMs = (calmSeconds * 1000) / lab.scale
  await delay(calmMs)
  lab.progress(`${name}: replacing the pods`)
  const fromMs = performance.now()
  const { readySeconds, goneSeconds } = await rollOut(stage.cluster, pods, stage.server(server, annotations))
  await delay(calmMs)
  await stopAsking(clients)
  const lines = clients.flatMap(pod => onlyContainer(pod).log.filter(({ atMs }) => atMs >= fromMs))
  return {
    subject: sessionServer.name,
    circumstance: 'rollout',
    variant: name,
    figures: {
      ...damage(lines, lab),
      'new pods ready, s': readySeconds,
      'old pods gone, s': goneSeconds,
    },
  }
}

/** Every request that was sent has its answer then, or failed: a program that is told to stop waits for them. */
async function stopAsking(clients: readonly Pod[]): Promise<void> {
  const asking = clients
    .map(onlyContainer)
    .find(({ log }) => log.some(({ text }) => text.startsWith('sent ')))
  asking?.signal('SIGTERM')
  await asking?.ended
}
