/** A pod is deleted, gracefully or not: what do its clients see, and when? */

import type { Pod, Termination } from '../pods/pod.ts'
import { webSocket } from '../systems/sessions.ts'
import { inTurn } from './cases.ts'
import type { Experiment, Lab, Observation } from './experiment.ts'
import { noticed } from './notice.ts'
import { keepalive, nothing, seconds, type Variant } from './policies.ts'
import { openStage } from './stage.ts'
import { variantColumns } from './variant-columns.ts'

/** Longer than the drain. Seconds; divided by the lab's scale. */
const patienceSeconds = 300
const drainSeconds = 120

const clients = [
  { workload: 'websocket', label: 'idle' },
  { workload: 'talker', label: 'asks ten times a second' },
]

const terminations: readonly { how: Termination; label: string }[] = [
  { how: 'gracefully', label: 'SIGTERM' },
  { how: 'by force', label: 'SIGKILL' },
  { how: 'without network', label: 'network torn down, SIGKILL' },
]

export const deletion: Experiment = {
  name: 'deletion',
  title: 'Graceful and forced deletion',
  about: `A pod is deleted under WebSocket clients. Seconds until they see it, and what they see; with the default keepalive, preStop sleep 10 s and drain ${drainSeconds} s on both sides, and without; never: not within ${patienceSeconds / 60} minutes.`,
  async run(lab) {
    const cases = terminations.flatMap(termination =>
      variantsOf(lab).map(variant => ({
        name: `${termination.label}, ${variant.name}`,
        termination,
        variant,
      })),
    )
    return (await inTurn(cases, lab, deleteServer)).flat()
  },
  table: observations =>
    variantColumns(observations, ['client', 'deleted by'], ({ figures }) =>
      typeof figures['seconds'] === 'number'
        ? `${figures['seconds'].toFixed(1)} s: ${figures['why']}`
        : 'never',
    ),
}

function variantsOf({ scale }: Lab): Variant[] {
  const { annotations } = keepalive('preload', scale)
  const stop = {
    'longhaul.dev/pre-stop-sleep': seconds(10, scale),
    'longhaul.dev/drain-timeout': seconds(drainSeconds, scale),
  }
  return [nothing, { name: 'Longhaul', annotations: { ...annotations, ...stop } }]
}

interface Case {
  termination: (typeof terminations)[number]
  variant: Variant
}

async function deleteServer(
  { termination: { how, label }, variant }: Case,
  lab: Lab,
): Promise<Observation[]> {
  await using stage = openStage(lab)
  lab.progress(`${label}, with ${variant.name}`)
  const { pods } = await stage.serve(webSocket, { annotations: variant.annotations })
  const waiting = await Promise.all(clients.map(({ workload }) => stage.client(webSocket, workload, variant)))
  const [server] = pods
  if (server === undefined) throw new Error('there is no server')
  const deletedAtMs = performance.now()
  const deletedPod = stage.cluster.delete(server, how)
  const figures = await Promise.all(waiting.map(pod => view(pod, deletedAtMs, lab)))
  await deletedPod
  return clients.map((client, index) => ({
    subject: client.label,
    circumstance: label,
    variant: variant.name,
    figures: figures[index] ?? {},
  }))
}

async function view(client: Pod, deletedAtMs: number, { scale }: Lab): Promise<Observation['figures']> {
  const notice = await noticed(client, (patienceSeconds * 1000) / scale)
  if (notice === undefined) return { seconds: null, why: null }
  return { seconds: (notice.atMs - deletedAtMs) / 1000, why: notice.why }
}
