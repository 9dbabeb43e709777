/** `longhaul-node stale`, which finds and ends the connections of a node's programs to addresses. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { SocketAddress } from 'node:net'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'

/** What became of a connection (native/node/applets/stale_report.c). */
export type StaleOutcome = 'ended' | 'dry-run' | 'acknowledged' | 'gone' | 'changed' | 'ambiguous' | 'failed'

/** A connection that was found, as the binary tells of it. */
export interface StaleConnection {
  outcome: StaleOutcome
  clientAddress: string
  clientPort: number
  /** Where the client believes it to lead: a Service's address, or the same as the backend's. */
  serviceAddress: string
  servicePort: number
  backendAddress: string
}

/** Why the node does not do it. */
export class StaleError extends Error {
  override readonly name = 'StaleError'
  readonly reason: 'rights' | 'other'

  constructor(message: string) {
    super(message)
    this.reason = /needs CAP_/.test(message) ? 'rights' : 'other'
  }
}

export interface NodeStale {
  /** Of these addresses, those that programs of the node have connections to. Throws a StaleError. */
  find(addresses: readonly string[]): Promise<ReadonlySet<string>>
  /** Gives the connections that there were; none where the address is not gone. Throws a StaleError, or what `isGone` throws. */
  end(call: StaleCall): Promise<readonly StaleConnection[]>
}

export interface StaleCall {
  address: string
  /** Only what has had no acknowledgement for so long; 0: all. */
  withoutAckMs: number
  /** Asked once there are connections to the address; where it says no, none is ended. */
  isGone(): Promise<boolean>
}

interface Options {
  /** The binary. */
  binary: string
  /** Where the network namespaces of pods are bound. */
  networks: string
  /** Only say what would be ended. */
  isDryRun: boolean
}

export function createNodeStale({ binary, networks, isDryRun }: Options): NodeStale {
  const stale = (isConfirmed: () => Promise<boolean>, ...args: readonly string[]) =>
    run(binary, ['stale', '--json', '--confirm', `--netns=${networks}`, ...args], isConfirmed)
  return {
    async find(addresses) {
      const found = await stale(async () => true, '--dry-run', ...addresses)
      const backends = new Set(found.map(({ backendAddress }) => backendAddress))
      return new Set(addresses.filter(address => backends.has(canonical(address))))
    },
    end({ address, withoutAckMs, isGone }) {
      const silent = withoutAckMs > 0 ? [`--without-ack-for=${withoutAckMs}ms`] : []
      return stale(isGone, ...silent, ...(isDryRun ? ['--dry-run'] : []), address)
    },
  }
}

/** The binary waits for a word once it has found some, and ends none where its input ends without one. */
async function run(
  binary: string,
  args: readonly string[],
  isConfirmed: () => Promise<boolean>,
): Promise<StaleConnection[]> {
  const child = spawn(binary, args, { stdio: 'pipe', env: { PATH: process.env['PATH'] } })
  const failure = once(child, 'close').then(
    ([status]) => (status === 0 ? undefined : `longhaul-node ended with status ${status}`),
    ({ message }: Error) => message,
  )
  const said = text(child.stderr).catch(() => '')
  // It may have ended by then.
  child.stdin.on('error', () => {})
  const connections: StaleConnection[] = []
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const told = JSON.parse(line) as { found: number } | StaleConnection
      if ('outcome' in told) connections.push(told)
      else child.stdin.end(told.found > 0 && (await isConfirmed()) ? '\n' : '')
    }
  } finally {
    child.stdin.end()
  }
  const problem = await failure
  if (problem !== undefined) throw new StaleError(messageOf(await said) ?? problem)
  return connections
}

function messageOf(stderr: string): string | undefined {
  const [line] = stderr.split('\n')
  return line?.replace(/^longhaul-node: stale: /, '') || undefined
}

/** As the binary prints it; slices of before Kubernetes 1.33 may have IPv6 addresses in other forms. */
function canonical(address: string): string {
  return address.includes(':') ? new SocketAddress({ address, family: 'ipv6' }).address : address
}
