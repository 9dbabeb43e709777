/** The second half: a path is cut without a packet, and who notices. In network namespaces of the demo's own. */

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { heading, say } from './narrate.ts'

const binary = new URL('../../native/build/longhaul', import.meta.url).pathname
const script = new URL('silent-cut.ts', import.meta.url).pathname

export async function nativeDemo(): Promise<void> {
  heading('A connection that dies silently')
  const obstacle = obstacleHere()
  if (obstacle !== undefined) return say(`Left out: ${obstacle}`)
  const child = spawn('unshare', [...ownNamespaces(), process.execPath, script], { stdio: 'inherit' })
  const [status] = await once(child, 'exit')
  if (status !== 0) throw new Error(`the experiment ended with status ${status}`)
}

/** Root needs no user namespace; everybody else becomes root in one of their own. */
function ownNamespaces(): string[] {
  const userNamespace = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  return [...userNamespace, '--net', '--mount']
}

function obstacleHere(): string | undefined {
  if (!existsSync(binary))
    return 'native/build is missing; it takes a C compiler and make (apt-get install gcc make).'
  if (spawnSync('ip', ['-V']).error !== undefined) return 'there is no ip (apt-get install iproute2).'
  const trial = spawnSync('unshare', [...ownNamespaces(), 'true'], { encoding: 'utf8' })
  if (trial.error !== undefined) return 'there is no unshare (apt-get install util-linux).'
  return trial.status === 0 ? undefined : `this host forbids namespaces: ${trial.stderr.trim()}`
}
