/** The second half: a path is cut without a packet, and who notices. In network namespaces of the demo's own. */

import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { namespaceObstacle, runInOwnNamespaces } from '../lab/hosts/own-namespaces.ts'
import { heading, say } from './narrate.ts'

const binary = new URL('../../native/build/longhaul', import.meta.url).pathname
const script = new URL('silent-cut.ts', import.meta.url).pathname

export async function nativeDemo(): Promise<void> {
  heading('A connection that dies silently')
  const obstacle = obstacleHere()
  if (obstacle !== undefined) return say(`Left out: ${obstacle}`)
  const [status] = await once(runInOwnNamespaces(script, []), 'exit')
  if (status !== 0) throw new Error(`the experiment ended with status ${status}`)
}

function obstacleHere(): string | undefined {
  if (!existsSync(binary))
    return 'native/build is missing; it takes a C compiler and make (apt-get install gcc make).'
  if (spawnSync('ip', ['-V']).error !== undefined) return 'there is no ip (apt-get install iproute2).'
  const obstacle = namespaceObstacle()
  return obstacle === undefined ? undefined : `${obstacle}.`
}
