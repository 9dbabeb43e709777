/** What users see while three pods are replaced one by one. */

import { setTimeout as delay } from 'node:timers/promises'
import type { Line } from '../pods/container.ts'
import { rollOut } from '../pods/rollout.ts'
import { onlyContainer } from '../pods/wait.ts'
import { sessionServer } from '../systems/sessions.ts'
import type { System } from '../systems/system.ts'
import type { Experiment, Lab, Observation } from './experiment.ts'
import { figuresTable } from './figures-table.ts'
import { nothing, seconds, type Variant } from './policies.ts'
import { mostInASecond } from './rates.ts'
import { rolloutChart } from './rollout-chart.ts'
import { openStage } from './stage.ts'

const usersOfEachKind = { whole: 500, short: 50 }
/** Before and after the rollout. Seconds; divided by the lab's scale. */
const calmSeconds = 30

export const rollout: Experiment = {
  name: 'rollout',
  title: 'Rollout',
  about:
    'Three pods are replaced one by one under 500 WebSocket and 500 socket.io sessions, which last half a minute to two minutes each, and 50 short requests a second. Endpoints forget a deleted pod after 5 s; the server ends at once at SIGTERM, and has a readiness probe but where it says so.',
  async run(lab) {
    const observations: Observation[] = []
    for (const each of rolloutsOf(lab)) observations.push(await replaceAll(each, lab))
    return observations
  },
  table: observations => figuresTable(observations, { variant: 'with' }),
  chart: observations =>
    rolloutChart(
      observations.filter(({ variant }) => !variant.startsWith('no probe')),
      ['requests that failed', 'sessions refused', 'sessions cut', 'in mid-message'],
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
    SESSION_SECONDS: '120',
  })
  lab.progress(`${name}: starting servers and clients`)
  const { pods } = await stage.serve(server, { replicas: 3, annotations })
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
  const lines = clients.flatMap(pod => onlyContainer(pod).log.filter(({ atMs }) => atMs >= fromMs))
  return {
    subject: sessionServer.name,
    circumstance: 'rollout',
    variant: name,
    figures: {
      ...damage(lines),
      'new pods ready, s': readySeconds,
      'old pods gone, s': goneSeconds,
    },
  }
}

/** What went wrong for whom, from what the clients said. */
function damage(lines: readonly Line[]): Record<string, number> {
  const starting = (start: string) => lines.filter(({ text }) => text.startsWith(start))
  const gaps = starting('gap ')
  return {
    'requests that failed': starting('failed').length,
    'of so many': starting('failed').length + starting('ok').length,
    'sessions refused': starting('refused').length,
    'sessions cut': starting('cut').length,
    'in mid-message': starting('cut mid-message').length,
    'longest gap, s': Math.max(0, ...gaps.map(({ text }) => Number(text.slice('gap '.length)))),
    'reconnects/s at the peak': mostInASecond(gaps.map(({ atMs }) => atMs)),
  }
}
