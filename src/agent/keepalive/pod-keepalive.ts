/** Kernel keepalive on the pods of a node, as their policies want it at any time. */

import type { V1Pod } from '@kubernetes/client-node'
import { type Bell, createBell } from '../../cluster/certificates/bell.ts'
import { type Backoff, createBackoff } from '../../cluster/client/backoff.ts'
import { isUnfinished } from '../../cluster/pod-phase.ts'
import { atMost } from '../../fleet/at-most.ts'
import { type FailureReason, KeepaliveError, type NodeKeepalive } from './node-keepalive.ts'
import { cgroupUidOf } from './pod-cgroups.ts'

export interface PodKeepaliveOptions {
  /** What is wanted for a pod, in LONGHAUL_KEEPALIVE's form. Rejects where that can't be told now. */
  wanted(pod: V1Pod): Promise<string | undefined>
  /** The folder of each pod's cgroup, by UID. */
  findCgroups(): Promise<ReadonlyMap<string, string>>
  keepalive: NodeKeepalive
  /** Told of each change, with the settings or null where they were taken away; and of each that could not be made. */
  done(pod: V1Pod, settings: string | null, notes: readonly string[]): void
  failed(pod: V1Pod, reason: FailureReason, message: string): void
  stop: AbortSignal
}

export interface PodKeepalive {
  /** All pods of the node, in the place of those that were known. */
  listed(pods: readonly V1Pod[]): void
  changed(pod: V1Pod): void
  removed(pod: V1Pod): void
  /** What is wanted may have changed for any pod. */
  reconsider(): void
  /** How many pods have it, are to have it and do not yet, or can't have it. */
  counts(): Readonly<Record<PodState, number>>
}

export type PodState = 'attached' | 'waiting' | 'failed'

interface Known {
  pod: V1Pod
  /** The settings that are attached, `null` where none are; undefined: not known, as after a restart. */
  attached: string | null | undefined
  wanted: string | null
  /** Whether that has been told yet. Until then nothing is changed: what an agent before has attached may be wanted. */
  isTold: boolean
  failure: { reason: FailureReason; wanted: string | null; atMs: number } | undefined
}

/** Each is a process for some milliseconds. */
const atATime = 4
/** What failed may work later: another program has let go, the pod has got another cgroup. */
const retryMs = 30_000

/** Begins to follow what it is told of pods, until it is stopped. */
export function createPodKeepalive(options: PodKeepaliveOptions): PodKeepalive {
  const known = new Map<string, Known>()
  const bell = createBell()
  // The kubelet makes the cgroup of a pod before its first program runs: it is soon there, or the kubelet is away.
  const backoff = createBackoff()
  const ring = () => {
    backoff.reset()
    bell.ring()
  }
  const put = (pod: V1Pod) => {
    const uid = uidOf(pod)
    const present = known.get(uid)
    if (!isUnfinished(pod)) known.delete(uid)
    // A change of it may be under way, and is noted there.
    else if (present !== undefined) present.pod = pod
    else known.set(uid, { pod, attached: undefined, wanted: null, isTold: false, failure: undefined })
  }
  void run(options, known, bell, backoff)
  return {
    listed(pods) {
      const uids = new Set(pods.map(uidOf))
      for (const uid of known.keys()) if (!uids.has(uid)) known.delete(uid)
      for (const pod of pods) put(pod)
      ring()
    },
    changed(pod) {
      put(pod)
      ring()
    },
    removed: pod => void known.delete(uidOf(pod)),
    reconsider: ring,
    counts() {
      const counts = { attached: 0, waiting: 0, failed: 0 }
      for (const each of known.values()) {
        const state = stateOf(each)
        if (state !== undefined) counts[state] += 1
      }
      return counts
    },
  }
}

function stateOf({ failure, wanted, attached }: Known): PodState | undefined {
  if (attached !== wanted && failure?.wanted === wanted) return 'failed'
  if (wanted === null) return undefined
  return attached === wanted ? 'attached' : 'waiting'
}

async function run(
  options: PodKeepaliveOptions,
  known: ReadonlyMap<string, Known>,
  bell: Bell,
  backoff: Backoff,
): Promise<void> {
  const { stop } = options
  while (!stop.aborted) {
    await changeAll(options, known)
    const isAwaited = [...known.values()].some(each => stateOf(each) === 'waiting')
    await bell.wait(isAwaited ? backoff.nextMs() : retryMs, stop)
  }
}

/** Makes all changes that are wanted and can be made now. */
async function changeAll(options: PodKeepaliveOptions, known: ReadonlyMap<string, Known>): Promise<void> {
  const now = [...known.values()]
  await Promise.all(now.map(each => readWanted(options, each)))
  const due = now.filter(isDue)
  if (due.length === 0) return
  const cgroups = await options.findCgroups()
  const inTurn = atMost(atATime)
  const cgroupOf = ({ pod }: Known) => cgroups.get(cgroupUidOf(pod) ?? '')
  await Promise.all(due.map(each => inTurn(() => change(options, each, cgroupOf(each)))))
}

/** What can't be told now stays as it was. */
async function readWanted({ wanted }: PodKeepaliveOptions, known: Known): Promise<void> {
  await wanted(known.pod).then(
    settings => {
      known.wanted = settings ?? null
      known.isTold = true
    },
    () => {},
  )
}

function isDue({ attached, wanted, isTold, failure }: Known): boolean {
  if (!isTold || attached === wanted) return false
  return failure === undefined || failure.wanted !== wanted || performance.now() >= failure.atMs + retryMs
}

async function change(options: PodKeepaliveOptions, known: Known, cgroup: string | undefined): Promise<void> {
  const { pod, wanted, attached } = known
  if (cgroup === undefined && isYetToCome(known)) return
  let notes: readonly string[]
  try {
    notes = await apply(options, wanted, cgroup)
  } catch (error) {
    if (!(error instanceof KeepaliveError)) throw error
    // Nobody asked for it, and nothing is known to be there.
    if (wanted === null && attached === undefined) known.attached = null
    else fail(options, known, error)
    return
  }
  known.attached = wanted
  known.failure = undefined
  if (wanted !== null || attached !== undefined) options.done(pod, wanted, notes)
}

/** Until a pod runs its cgroup may be missing. */
function isYetToCome({ pod, wanted }: Known): boolean {
  return wanted !== null && pod.status?.phase !== 'Running'
}

async function apply(
  { keepalive }: PodKeepaliveOptions,
  wanted: string | null,
  cgroup: string | undefined,
): Promise<readonly string[]> {
  if (cgroup === undefined) {
    if (wanted === null) return []
    throw new KeepaliveError('no-cgroup', 'the pod has no cgroup of version 2 that is named by its UID')
  }
  if (wanted !== null) return keepalive.attach(cgroup, wanted)
  await keepalive.detach(cgroup)
  return []
}

/** Told once for each that is wanted, however often it is tried. */
function fail({ failed }: PodKeepaliveOptions, known: Known, { reason, message }: KeepaliveError): void {
  const { pod, wanted, failure } = known
  known.failure = { reason, wanted, atMs: performance.now() }
  if (failure?.reason !== reason || failure.wanted !== wanted) failed(pod, reason, message)
}

function uidOf({ metadata }: V1Pod): string {
  return metadata?.uid ?? ''
}
