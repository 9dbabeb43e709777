/** How long until a client knows that its server is silent for ever. */

import { setTimeout as delay } from 'node:timers/promises'
import type { Pod } from '../pods/pod.ts'
import type { Client, System } from '../systems/system.ts'
import { attempt } from './cases.ts'
import { type Experiment, type Lab, type Observation, subjectOf } from './experiment.ts'
import { type Fault, faults } from './faults.ts'
import { noticed, noticeTable } from './notice.ts'
import { keepalive, nothing, type Variant } from './policies.ts'
import { silentDeathChart } from './silent-death-chart.ts'
import { openStage, type Stage } from './stage.ts'

/** Enough for the slowest client that notices by itself: curl, by 9 probes 60 s apart after 60 s of quiet. */
const patienceSeconds = 660
/** Enough to see whether keepalive notices. */
const shortPatienceSeconds = 150
/** Clients are started in turn, so that this machine is not the bottleneck. */
const startedAtOnce = 4
const settleMs = 500

export const silentDeath: Experiment = {
  name: 'silent-death',
  title: 'Silent death',
  about: `A server falls silent under clients that wait for it. Seconds until the client knows, with the default timers (60 s idle, 3 probes 10 s apart), by the way in which keepalive is switched on; never: not within ${patienceSeconds / 60} minutes. How long a client had been quiet by then differs, and shortens its time by as much.`,
  async run(lab) {
    const observations: Observation[] = []
    for (const fault of lab.short ? faults.slice(0, 1) : faults)
      observations.push(...(await suffer(fault, lab)))
    return observations
  },
  table: noticeTable,
  chart: (observations, { scale }) => silentDeathChart(observations, patienceSeconds / scale),
}

interface Waiting {
  subject: string
  variant: Variant
  pod: Pod
  serverOf: Strike
}

interface Strike {
  server: Pod
  address: string
}

async function suffer(fault: Fault, lab: Lab): Promise<Observation[]> {
  await using stage = openStage(lab)
  lab.progress(`${fault.name}: starting servers and clients`)
  const waiting = await startAll(stage, lab)
  await delay(settleMs)
  const patienceMs = ((lab.short ? shortPatienceSeconds : patienceSeconds) * 1000) / lab.scale
  lab.progress(`${fault.name}: ${waiting.length} clients wait, for ${patienceMs / 1000} s at most`)
  const struckAtMs = await strikeAll(fault, waiting)
  return await Promise.all(
    waiting.map(async ({ subject, variant, pod, serverOf }) => {
      const notice = await noticed(pod, patienceMs)
      const seconds =
        notice === undefined ? null : (notice.atMs - (struckAtMs.get(serverOf.server) ?? 0)) / 1000
      const figures = { seconds, why: notice?.why ?? null }
      return { subject, circumstance: fault.name, variant: variant.name, figures }
    }),
  )
}

async function startAll(stage: Stage, lab: Lab): Promise<Waiting[]> {
  const variants = variantsOf(lab)
  const todo = lab.systems.flatMap(system =>
    system.clients.flatMap(client => variants.map(variant => ({ system, client, variant }))),
  )
  const waiting: (Waiting | undefined)[] = []
  const queue = todo.entries()
  const worker = async () => {
    for (const [index, { system, client, variant }] of queue)
      waiting[index] = await attempt(lab, `${subjectOf(system, client)}, ${variant.name}`, () =>
        startOne(stage, system, client, variant),
      )
  }
  await Promise.all(Array.from({ length: startedAtOnce }, worker))
  return waiting.filter(each => each !== undefined)
}

function variantsOf({ scale, short }: Lab): Variant[] {
  const all = [nothing, keepalive('preload', scale), keepalive('sysctl', scale), keepalive('both', scale)]
  return short ? all.slice(0, 2) : all
}

async function startOne(stage: Stage, system: System, client: Client, variant: Variant): Promise<Waiting> {
  const { address, pods } = await stage.serve(system)
  const [server] = pods
  if (server === undefined) throw new Error(`${system.name} has no server`)
  const pod = await stage.client(system, client.workload, variant)
  return { subject: subjectOf(system, client), variant, pod, serverOf: { server, address } }
}

/** Strikes every server once, and gives the time at which it was done. */
async function strikeAll(fault: Fault, waiting: readonly Waiting[]): Promise<Map<Pod, number>> {
  const strikes = new Map(waiting.map(({ serverOf }) => [serverOf.server, serverOf]))
  const struckAtMs = new Map<Pod, number>()
  for (const { server, address } of strikes.values()) {
    await fault.strike(server, address)
    struckAtMs.set(server, performance.now())
  }
  return struckAtMs
}
