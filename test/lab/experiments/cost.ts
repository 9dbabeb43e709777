/** What keepalive costs, and how soon it notices, for a range of settings: counted, and by the formula. */

import { setTimeout as delay } from 'node:timers/promises'
import { defaultConfig } from '../../../src/policy/config.ts'
import { type KeepaliveEffect, timersEffect } from '../../../src/policy/keepalive-effect.ts'
import { keepaliveTimers } from '../../../src/policy/keepalive-timers.ts'
import { resolvePolicy } from '../../../src/policy/levels.ts'
import { bytesOf, countBytes, cutPath } from '../hosts/router.ts'
import { webSocket } from '../systems/sessions.ts'
import { inTurn } from './cases.ts'
import type { Experiment, Lab, Observation } from './experiment.ts'
import { figuresTable } from './figures-table.ts'
import { noticed } from './notice.ts'
import { keepaliveDefaults, type Timers, timers, type Variant } from './policies.ts'
import { openStage, type Stage } from './stage.ts'

/** Intervals of less than ten seconds can't be divided by ten: the kernel takes whole seconds. */
const settings: readonly Timers[] = [
  ...[10, 20, 30, 60, 120, 300].map(idleSeconds => ({ ...keepaliveDefaults, idleSeconds })),
  { ...keepaliveDefaults, probes: 9 },
  { ...keepaliveDefaults, intervalSeconds: 30 },
  { ...keepaliveDefaults, userTimeoutSeconds: 200 },
  { ...keepaliveDefaults, userTimeoutSeconds: 30 },
]
/** How long packets are counted. Seconds; divided by the lab's scale. */
const countedSeconds = 600

export const cost: Experiment = {
  name: 'cost',
  title: 'Cost',
  about:
    "When a client notices that its path was cut, right after the last packet of an idle connection or while it sends, and what keeping an idle connection alive costs: by the formula, and as measured (times ten again), the bytes at the client's interface, in both directions, with IPv4. A sender's time runs from the first retransmission, so that the lab's factor makes it seem longer than it is.",
  async run(lab) {
    await using stage = openStage(lab)
    await stage.serve(webSocket)
    lab.progress(`${settings.length} settings, counted for ${countedSeconds / lab.scale} s`)
    const cases = settings.map(setting => ({ name: nameOf(setting), setting }))
    // One after another, so that each path is cut as soon as its connection is up.
    const begun = await inTurn(cases, lab, ({ setting }) => begin(setting, stage, lab))
    return await Promise.all(begun.map(finish => finish()))
  },
  table: observations => figuresTable(observations, 'idle / interval × probes'),
}

/** Starts the clients of a setting; what it gives waits for what becomes of them. */
async function begin(setting: Timers, stage: Stage, lab: Lab): Promise<Later<Observation>> {
  const { scale } = lab
  const variant = { name: nameOf(setting), annotations: timers(setting, scale) }
  const patienceMs = 2000 * effectOf(setting, scale).idleNoticeSeconds
  const counting = await countIdle(variant, setting, stage, lab)
  const idle = await timeToNotice('websocket', variant, patienceMs, stage)
  const sending = await timeToNotice('talker', variant, patienceMs, stage)
  const real = effectOf(setting, 1)
  const inReality = (seconds: number | null) => (seconds === null ? null : Math.round(seconds * scale))
  return async () => ({
    subject: webSocket.name,
    circumstance: 'cut',
    variant: variant.name,
    figures: {
      'idle, notices within, s': real.idleNoticeSeconds,
      'idle, in the lab, s': inReality(await idle()),
      'sending, notices within, s': real.sendingNoticeSeconds,
      'sending, in the lab, s': inReality(await sending()),
      'bytes/h': real.idleBytesPerHour,
      'counted, bytes/h': Math.round((await counting()) / scale),
    },
  })
}

function nameOf({ idleSeconds, intervalSeconds, probes, userTimeoutSeconds }: Timers): string {
  const end = userTimeoutSeconds === undefined ? '' : `, user-timeout ${userTimeoutSeconds} s`
  return `${idleSeconds} s / ${intervalSeconds} s × ${probes}${end}`
}

function effectOf(setting: Timers, scale: number): KeepaliveEffect {
  const subject = { annotations: timers(setting, scale), podLabels: undefined, namespaceLabels: undefined }
  return timersEffect(keepaliveTimers(resolvePolicy(subject, defaultConfig).values))
}

type Later<T> = () => Promise<T>

/**
 * Bytes an hour of an idle connection. They are counted for half a period more than is counted with, so that no
 * probe falls on the end.
 */
async function countIdle(
  variant: Variant,
  { idleSeconds }: Timers,
  stage: Stage,
  { scale }: Lab,
): Promise<Later<number>> {
  const { host } = await stage.client(webSocket, 'websocket', variant)
  await countBytes(host)
  const counted = delay(((countedSeconds + idleSeconds / 2) * 1000) / scale).then(() => bytesOf(host))
  return async () => (await counted) / (countedSeconds / scale / 3600)
}

/** Seconds to notice, at their longest: the path is cut right after the last packets of the connection's beginning. */
async function timeToNotice(
  workload: string,
  variant: Variant,
  patienceMs: number,
  stage: Stage,
): Promise<Later<number | null>> {
  const client = await stage.client(webSocket, workload, variant)
  await cutPath(client.host.address)
  const cutAtMs = performance.now()
  const notice = noticed(client, patienceMs)
  return async () => {
    const atMs = (await notice)?.atMs
    return atMs === undefined ? null : (atMs - cutAtMs) / 1000
  }
}
