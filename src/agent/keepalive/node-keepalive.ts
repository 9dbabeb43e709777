/** `longhaul-node keepalive`, which has the kernel set keepalive on the sockets of a cgroup. */

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Why the kernel does not do it. */
export type FailureReason = 'other-program' | 'rights' | 'kernel' | 'no-cgroup' | 'other'

export class KeepaliveError extends Error {
  override readonly name = 'KeepaliveError'
  readonly reason: FailureReason

  constructor(reason: FailureReason, message: string) {
    super(message)
    this.reason = reason
  }
}

export interface NodeKeepalive {
  /** Sockets of the cgroup get these timers from now on. Gives what could not be reached. Throws a KeepaliveError. */
  attach(cgroup: string, settings: string): Promise<readonly string[]>
  /** From now on they get none. Throws a KeepaliveError. */
  detach(cgroup: string): Promise<void>
}

interface Options {
  /** The binary. */
  binary: string
  /** Whether sockets that are there already get them as well. */
  withExisting: boolean
}

/** It looks through the descriptors of a pod's processes where it is told to. */
const timeLimitMs = 30_000

/** By what the binary says (native/node/applets/keepalive.c). */
const reasons: readonly [RegExp, FailureReason][] = [
  [/nothing attached: the program/, 'other-program'],
  [/needs CAP_/, 'rights'],
  [/needs Linux|is not in a hierarchy of cgroups, version 2/, 'kernel'],
  [/No such file or directory/, 'no-cgroup'],
]

export function createNodeKeepalive({ binary, withExisting }: Options): NodeKeepalive {
  const run = promisify(execFile)
  const call = async (...args: readonly string[]) => {
    try {
      const { stderr } = await run(binary, ['keepalive', ...args], {
        timeout: timeLimitMs,
        env: { PATH: process.env['PATH'] },
      })
      return linesOf(stderr)
    } catch (error) {
      throw failureOf(error as Error & { stderr?: string })
    }
  }
  const existing = withExisting ? ['--existing'] : []
  return {
    attach: (cgroup, settings) => call('attach', `--settings=${settings}`, ...existing, cgroup),
    async detach(cgroup) {
      await call('detach', cgroup)
    },
  }
}

function failureOf({ stderr, message }: Error & { stderr?: string }): KeepaliveError {
  const [said = message] = linesOf(stderr ?? '')
  const [, reason = 'other'] = reasons.find(([pattern]) => pattern.test(said)) ?? []
  return new KeepaliveError(reason, said)
}

function linesOf(stderr: string): string[] {
  const lines = stderr.split('\n').filter(line => line !== '')
  return lines.map(line => line.replace(/^longhaul-node: keepalive: /, ''))
}
