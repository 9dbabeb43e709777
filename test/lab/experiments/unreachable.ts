/** When senders notice whose router says, after some silence, that the host is unreachable; with the real timers. */

import { setTimeout as delay } from 'node:timers/promises'
import { powerOff } from '../hosts/network.ts'
import { cutPath, openPath } from '../hosts/router.ts'
import type { Pod } from '../pods/pod.ts'
import { webSocket } from '../systems/sessions.ts'
import { attempt } from './cases.ts'
import type { Experiment, Observation } from './experiment.ts'
import { figuresTable } from './figures-table.ts'
import { noticed } from './notice.ts'
import { keepaliveDefaults, timers } from './policies.ts'
import { openStage, type Stage } from './stage.ts'

/** The kernel's pauses between retransmissions, and a router's for its questions who has an address, can't be divided. */
const scale = 1
/** Linux keeps a neighbour that has answered for 15 to 45 s (base_reachable_time). */
const silentSeconds = 30
const patienceSeconds = 180

const settings = [{ ...keepaliveDefaults, idleSeconds: 30 }, keepaliveDefaults]

export const unreachable: Experiment = {
  name: 'unreachable',
  title: 'Host unreachable',
  about: `The server's host is lost under clients that send: without a word for ${silentSeconds} s, as long as a router takes its neighbour for alive, and then the router answers that the host is unreachable. The kernel takes its retransmission timer back at each such answer, and does not cut it to TCP_USER_TIMEOUT. With real timers; never: not within ${patienceSeconds} s.`,
  async run(lab) {
    await using stage = openStage({ scale })
    const { pods } = await stage.serve(webSocket)
    const clients = await Promise.all(settings.map(setting => startClient(setting, stage)))
    lab.progress(`${clients.length} clients send, for ${patienceSeconds} s at most`)
    const lostAtMs = performance.now()
    const seen = clients.map(client => attempt(lab, client.variant, () => observe(client, lostAtMs)))
    await Promise.all(pods.map(lose))
    return (await Promise.all(seen)).filter(each => each !== undefined)
  },
  table: observations => figuresTable(observations, 'idle / interval × probes'),
}

async function lose({ host }: Pod): Promise<void> {
  await cutPath(host.address)
  await delay(silentSeconds * 1000)
  await powerOff(host)
  await openPath(host.address)
}

interface Sender {
  pod: Pod
  variant: string
  userTimeoutSeconds: number
}

async function startClient(setting: typeof keepaliveDefaults, stage: Stage): Promise<Sender> {
  const { idleSeconds, intervalSeconds, probes } = setting
  const variant = `${idleSeconds} s / ${intervalSeconds} s × ${probes}`
  const pod = await stage.client(webSocket, 'talker', { name: variant, annotations: timers(setting, scale) })
  return { pod, variant, userTimeoutSeconds: idleSeconds + intervalSeconds * probes }
}

async function observe({ pod, variant, userTimeoutSeconds }: Sender, lostAtMs: number): Promise<Observation> {
  const notice = await noticed(pod, patienceSeconds * 1000)
  return {
    subject: webSocket.name,
    circumstance: 'host unreachable',
    variant,
    figures: {
      'TCP_USER_TIMEOUT, s': userTimeoutSeconds,
      'noticed after, s': notice === undefined ? null : (notice.atMs - lostAtMs) / 1000,
    },
  }
}
