/** Longhaul's binary, run in the containers of many pods. */

import { setTimeout as delay } from 'node:timers/promises'
import type { Api } from '../cluster/client/api.ts'
import { ClusterError } from '../cluster/client/cluster-error.ts'
import type { KubeConfig } from '../cluster/client/kubernetes.ts'
import { type ExecResult, execIn } from '../cluster/exec.ts'
import { readPod } from '../cluster/pods.ts'
import { binaryPath } from '../mutation/delivery.ts'
import { atMost } from './at-most.ts'
import { type FleetPod, hasEnded, type LeftOut } from './pod-access.ts'

export interface Fleet {
  api: Api
  config: KubeConfig
  /** In milliseconds, for what is asked of a container. */
  timeLimitMs: number
  /** Whatever runs is told to end, and nothing more is begun. */
  stop: AbortSignal
}

export interface Question<Line> {
  pod: FleetPod
  container: string
  /** An applet of the binary, and its options. */
  command: readonly string[]
  /** Gives what a line of the answer tells, if anything. */
  read(line: string): Line | undefined
  /** How long the command is to take, besides what it has to do. */
  lastsMs?: number
}

export interface Answer<Line> {
  pod: FleetPod
  container: string
  lines: readonly Line[]
  /** Why these are not all. */
  leftOut?: LeftOut
}

/** Of the binary. */
const status = { done: 0, failed: 1, wrongCall: 2 } as const

/** How long a kubelet may take to tell of a container's end. */
const statusMs = 5000
const statusPollMs = 250

/** What an API server, and the nodes behind it, are asked at a time. */
const atATime = 16

/** Asks containers, 16 at a time. Where one can't be asked to the end, its answer says why. */
export function createAsking(fleet: Fleet): <Line>(question: Question<Line>) => Promise<Answer<Line>> {
  const inTurn = atMost(atATime)
  return question => inTurn(() => ask(fleet, question))
}

async function ask<Line>(fleet: Fleet, question: Question<Line>): Promise<Answer<Line>> {
  const { pod, container } = question
  const lines: Line[] = []
  const failure = fleet.stop.aborted ? 'it was not begun' : await run(fleet, question, lines)
  if (failure === undefined) return { pod, container, lines }
  const place = { namespace: pod.namespace, name: pod.name, container }
  const isOver = !fleet.stop.aborted && (await hasGone(fleet.api, question, lines.length > 0))
  const leftOut = isOver
    ? { ...place, reason: 'it has ended meanwhile', isFailure: false }
    : { ...place, reason: failure, isFailure: true }
  return { pod, container, lines, leftOut }
}

/** Fills the lines. Gives why they are not all; undefined where they are. */
async function run<Line>(
  { config, timeLimitMs, stop }: Fleet,
  { pod, container, command, read, lastsMs = 0 }: Question<Line>,
  lines: Line[],
): Promise<string | undefined> {
  const onLine = (text: string) => {
    const line = read(text)
    if (line !== undefined) lines.push(line)
  }
  const place = { namespace: pod.namespace, pod: pod.name, container }
  const call = { command: [binaryPath, ...command], timeLimitMs: timeLimitMs + lastsMs }
  try {
    return complaint(await execIn(config, { ...place, ...call, stop, onLine }), lines.length)
  } catch (error) {
    if (error instanceof ClusterError) return error.message
    throw error
  }
}

/** That something failed is explained by the lines that came, where any did. */
function complaint({ exitStatus, stderr }: ExecResult, lineCount: number): string | undefined {
  if (exitStatus === status.done || (exitStatus === status.failed && lineCount > 0)) return undefined
  const said = stderr.split('\n')[0]?.replace(/^longhaul: /, '') || `it ended with status ${exitStatus}`
  if (exitStatus !== status.wrongCall) return said
  return `its files are of another version of Longhaul, restart its workload (${said})`
}

/** Whether the container has ended, or been restarted; of one that has begun to answer the API server may learn late. */
async function hasGone<Line>(
  api: Api,
  { pod, container }: Question<Line>,
  hasBegun: boolean,
): Promise<boolean> {
  const { namespace, name, object } = pod
  const deadlineMs = performance.now() + (hasBegun ? statusMs : 0)
  for (;;) {
    const now = await readPod(api, namespace, name).catch(() => object)
    if (hasEnded(object, container, now)) return true
    if (performance.now() >= deadlineMs) return false
    await delay(statusPollMs)
  }
}
