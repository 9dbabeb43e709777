/** Calls of kubectl beside a webhook in this process, which has to answer meanwhile. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Result } from '../cli/longhaul.ts'
import { pathOf } from './binaries.ts'
import type { Identity } from './identity.ts'

/** Runs kubectl as someone, to its end. */
export async function kubectl(identity: Identity, args: readonly string[], stdin = ''): Promise<Result> {
  const child = spawn(pathOf('kubectl'), args, {
    // It keeps what it has discovered below its home, and `diff` calls a program.
    env: { KUBECONFIG: identity.file, HOME: dirname(identity.file), PATH: process.env['PATH'] ?? '' },
  })
  // One that fails before it has read all says why itself.
  child.stdin.on('error', () => {}).end(stdin)
  const closed = once(child, 'close')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [status] = (await closed) as [number | null]
  return { status, stdout, stderr }
}
