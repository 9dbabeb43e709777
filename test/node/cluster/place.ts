/** Places of clusters: each has a number, and with it a folder, a cgroup, a link and a network of its own. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { program } from '../../lab/hosts/program.ts'
import { recordedProcess } from '../machines/process.ts'

export interface Place {
  number: number
  /** Everything of the cluster is in it. Only root can enter it. */
  folder: string
  cgroup: string
  /** The host's end of the link to the cluster's network. */
  hostLink: string
  /** The address in the cluster's network that ends with this number. */
  addressOf(last: number): string
}

const clusters = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'longhaul/clusters')
const downScript = join(import.meta.dirname, 'down.sh')
const lastNumber = 9

export function placeOf(number: number): Place {
  return {
    number,
    folder: join(clusters, String(number)),
    cgroup: `longhaul-${number}`,
    hostLink: `longhaul${number}`,
    addressOf: last => `10.${90 + number}.0.${last}`,
  }
}

/** True where the cluster's folder is new; false where it has one already. */
export function claim({ folder }: Place): boolean {
  mkdirSync(clusters, { recursive: true })
  try {
    mkdirSync(folder, { mode: 0o700 })
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') return false
    throw error
  }
}

/** Ends the cluster, however it was left, and removes everything of it. */
export async function takeDown({ folder, cgroup, hostLink }: Place): Promise<void> {
  if (existsSync(folder)) await program(['sh', downScript, folder, cgroup, hostLink])
}

/** A place that ends with this process: what it had is taken down, also after SIGKILL. */
export interface OwnPlace extends Place {
  leave(): Promise<void>
}

/** Takes the first one after 0 that is free, or whose owner has left it behind. */
export async function takePlace(): Promise<OwnPlace> {
  for (let number = 1; number <= lastNumber; number += 1) {
    const place = placeOf(number)
    if (!claim(place)) {
      if (recordedProcess(join(place.folder, 'guard')) !== undefined) continue
      await takeDown(place)
      if (!claim(place)) continue
    }
    return guard(place)
  }
  throw new Error(`there are ${lastNumber} clusters already, in ${clusters}`)
}

/** A shell waits for the end of a pipe that the kernel closes with this process, as test/cluster/sweeper.ts does. */
async function guard(place: Place): Promise<OwnPlace> {
  const { folder, cgroup, hostLink } = place
  const script = 'cat >/dev/null; exec sh "$@"'
  const shell = spawn('sh', ['-c', script, 'guard', downScript, folder, cgroup, hostLink], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  await once(shell, 'spawn')
  writeFileSync(join(folder, 'guard'), String(shell.pid))
  return {
    ...place,
    async leave() {
      const exited = once(shell, 'exit')
      shell.stdin.end()
      await exited
    },
  }
}
