/** A service moves to another backend, while the old one lives on: when are its clients there? */

import { setTimeout as delay } from 'node:timers/promises'
import type { Pod } from '../pods/pod.ts'
import { onlyContainer } from '../pods/wait.ts'
import { sessionServer } from '../systems/sessions.ts'
import { inTurn } from './cases.ts'
import type { Experiment, Lab, Observation } from './experiment.ts'
import { figuresTable } from './figures-table.ts'
import { keepalive, seconds } from './policies.ts'
import { peakPerSecond } from './rates.ts'
import { openStage } from './stage.ts'

const users = 500
/** Seconds; divided by the lab's scale. */
const spreadSeconds = 60
const patienceSeconds = 120
/** No session ends by itself in that time. */
const sessionSeconds = 1_000_000

interface Way {
  name: string
  /** Options of hangup; undefined where nothing is done. */
  hangup?: readonly string[]
}

export const failover: Experiment = {
  name: 'failover',
  title: 'Failover',
  about: `A service moves to another pod, while ${users} WebSocket sessions keep their connections to the old one, which lives on; never: not within ${patienceSeconds} s.`,
  async run(lab) {
    const ways: Way[] = [
      { name: 'nothing' },
      { name: 'longhaul hangup', hangup: [] },
      {
        name: `longhaul hangup --spread ${spreadSeconds}s`,
        hangup: [`--spread=${seconds(spreadSeconds, lab.scale)}`],
      },
    ]
    return await inTurn(ways, lab, moveService)
  },
  table: observations => figuresTable(observations, 'with'),
}

async function moveService({ name, hangup }: Way, lab: Lab): Promise<Observation> {
  await using stage = openStage(lab, { USERS: String(users), SESSION_SECONDS: String(sessionSeconds) })
  lab.progress(`${name}: starting two servers and ${users} sessions with one of them`)
  const { address, pods } = await stage.serve(sessionServer, { replicas: 2 })
  const [old, next] = pods
  if (old === undefined || next === undefined) throw new Error('there are not two servers')
  await stage.cluster.relabel(next, { app: 'standby' })
  const client = await stage.client(sessionServer, 'users-websocket', keepalive('preload', lab.scale))
  lab.progress(`${name}: moving the service`)
  const movedAtMs = performance.now()
  await stage.cluster.relabel(next, { app: 'chat' })
  await stage.cluster.relabel(old, { app: 'standby' })
  const hangingUp =
    hangup === undefined
      ? undefined
      : onlyContainer(client).exec(['/opt/longhaul/longhaul', 'hangup', address, '8080', ...hangup])
  await Promise.all([hangingUp, delay((patienceSeconds * 1000) / lab.scale)])
  const figures = arrivals(client, next, movedAtMs, lab)
  return { subject: sessionServer.name, circumstance: 'service moved', variant: name, figures }
}

function arrivals(client: Pod, next: Pod, movedAtMs: number, { scale }: Lab): Record<string, number | null> {
  const { log } = onlyContainer(client)
  const lines = log.filter(({ atMs }) => atMs >= movedAtMs)
  const arrivedAtMs = lines
    .filter(({ text }) => text === `server ${next.host.address}`)
    .map(({ atMs }) => atMs)
  const last = arrivedAtMs[users - 1]
  return {
    'sessions moved': arrivedAtMs.length,
    'all moved after, s': last === undefined ? null : (last - movedAtMs) / 1000,
    'reconnects/s at the peak': peakPerSecond(arrivedAtMs, scale),
    'cut in mid-message': lines.filter(({ text }) => text === 'cut mid-message').length,
  }
}
