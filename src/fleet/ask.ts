/** Longhaul's binary, run in the containers of many pods. */

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

/** The binary's status for a call that it does not know. */
const wrongCall = 2

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
  const onLine = (text: string) => {
    const line = question.read(text)
    if (line !== undefined) lines.push(line)
  }
  const reason = fleet.stop.aborted ? 'it was not begun' : await failure(fleet, question, onLine, lines)
  if (reason === undefined) return { pod, container, lines }
  const { namespace, name } = pod
  const isOver = !fleet.stop.aborted && (await isGone(fleet.api, pod, container))
  const said = isOver ? { reason: 'it has ended meanwhile', isFailure: false } : { reason, isFailure: true }
  return { pod, container, lines, leftOut: { namespace, name, container, ...said } }
}

/** Why the answer is not whole; undefined where it is. */
async function failure<Line>(
  { config, timeLimitMs, stop }: Fleet,
  { pod, container, command, lastsMs = 0 }: Question<Line>,
  onLine: (line: string) => void,
  lines: readonly Line[],
): Promise<string | undefined> {
  const place = { namespace: pod.namespace, pod: pod.name, container }
  const call = { command: [binaryPath, ...command], timeLimitMs: timeLimitMs + lastsMs }
  try {
    return complaint(await execIn(config, { ...place, ...call, stop, onLine }), lines.length)
  } catch (error) {
    if (error instanceof ClusterError) return error.message
    throw error
  }
}

/** A status that is not 0 is explained by the lines that came, where any did. */
function complaint({ exitStatus, stderr }: ExecResult, lineCount: number): string | undefined {
  if (exitStatus === 0 || (exitStatus !== wrongCall && lineCount > 0)) return undefined
  const said = stderr.split('\n')[0]?.replace(/^longhaul: /, '') || `status ${exitStatus}`
  if (exitStatus !== wrongCall) return said
  return `its files are of another version of Longhaul, restart its workload (${said})`
}

async function isGone(api: Api, { namespace, name, object }: FleetPod, container: string): Promise<boolean> {
  const now = await readPod(api, namespace, name).catch(() => object)
  return hasEnded(object, container, now)
}
