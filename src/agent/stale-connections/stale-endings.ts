/** Ends the connections of a node's programs to addresses that have left their Services, where these are nobody's now. */

import { setTimeout as delay } from 'node:timers/promises'
import { createBackoff } from '../../cluster/client/backoff.ts'
import { atMost } from '../../fleet/at-most.ts'
import type { ServiceAddress } from './endpoint-addresses.ts'
import type { NodeStale, StaleConnection } from './node-stale.ts'

export interface StaleEndingsOptions {
  stale: NodeStale
  /** Whether no living pod has it, as the API server knows it now, not as a watch has told; and nobody wants them left. */
  mayEnd(address: ServiceAddress): Promise<boolean>
  /** Whether nothing is heard of the node: a pod that was removed by force may live there. */
  isUnreachable(node: string): Promise<boolean>
  /** Told what became of the connections, and how long after the address left. */
  done(address: ServiceAddress, connections: readonly StaleConnection[], tookMs: number): void
  /** Told each time that something could not be asked or ended. */
  failed(addresses: readonly ServiceAddress[], error: unknown): void
  stop: AbortSignal
}

/** A living pod acknowledges what is sent, and keepalive probes. */
const silenceMs = 10_000
/** Until keepalive and retransmissions have shown which peers are silent. */
const silentTries = 12
/** While the API server is away nothing is ended; later keepalive has done it. */
const tries = 5

const atATime = 4
/** They are arguments of one process. */
const mostInALook = 1000

interface Gone extends ServiceAddress {
  leftMs: number
}

/** Gives what is to be called with addresses that have just left their Services. */
export function createStaleEndings(options: StaleEndingsOptions): (left: readonly ServiceAddress[]) => void {
  const inTurn = atMost(atATime)
  const oneAtATime = atMost(1)
  const waiting: Gone[] = []
  const look = async () => {
    while (waiting.length > 0)
      for (const address of await concerned(options, waiting.splice(0, mostInALook)))
        void endStale(options, address, inTurn)
  }
  return left => {
    const leftMs = performance.now()
    for (const address of left) waiting.push({ ...address, leftMs })
    void oneAtATime(look)
  }
}

/** Nearly always none: one look for all of them. */
async function concerned(options: StaleEndingsOptions, left: readonly Gone[]): Promise<readonly Gone[]> {
  const found = await withRetries(options, left, () => options.stale.find(left.map(({ address }) => address)))
  return left.filter(({ address }) => found?.has(address))
}

async function endStale(
  options: StaleEndingsOptions,
  address: Gone,
  inTurn: ReturnType<typeof atMost>,
): Promise<void> {
  const { stop } = options
  let isAwaited = await inTurn(() => withRetries(options, [address], () => endAll(options, address)))
  for (let left = silentTries; isAwaited && left > 0 && !stop.aborted; left--) {
    isAwaited = await inTurn(() => withRetries(options, [address], () => endSilent(options, address)))
    if (isAwaited) await delay(silenceMs, undefined, { signal: stop }).catch(() => {})
  }
}

/** Gives undefined where it has failed for good, which has been told then. */
async function withRetries<T>(
  { failed, stop }: StaleEndingsOptions,
  addresses: readonly ServiceAddress[],
  run: () => Promise<T>,
): Promise<T | undefined> {
  const backoff = createBackoff()
  for (let left = tries; left > 0 && !stop.aborted; left--) {
    try {
      return await run()
    } catch (error) {
      failed(addresses, error)
      await delay(backoff.nextMs(), undefined, { signal: stop }).catch(() => {})
    }
  }
  return undefined
}

/** Gives whether a pod may live there of which nothing is heard; then none is ended. */
async function endAll(options: StaleEndingsOptions, address: Gone): Promise<boolean> {
  const { stale, mayEnd, isUnreachable } = options
  let mayLive = false
  const connections = await stale.end({
    address: address.address,
    withoutAckMs: 0,
    async isGone() {
      if (!(await mayEnd(address))) return false
      mayLive = address.node !== undefined && (await isUnreachable(address.node))
      return !mayLive
    },
  })
  tell(options, address, connections)
  return mayLive
}

/** Those whose peer is silent. Gives whether there are others, of which some may become so. */
async function endSilent(options: StaleEndingsOptions, address: Gone): Promise<boolean> {
  const { stale, mayEnd } = options
  const isGone = () => mayEnd(address)
  const connections = await stale.end({ address: address.address, withoutAckMs: silenceMs, isGone })
  const silent = connections.filter(({ outcome }) => outcome !== 'acknowledged')
  tell(options, address, silent)
  return silent.length < connections.length
}

function tell({ done }: StaleEndingsOptions, address: Gone, connections: readonly StaleConnection[]): void {
  if (connections.length > 0) done(address, connections, performance.now() - address.leftMs)
}
