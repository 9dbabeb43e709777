/**
 * A process in the root file system of an image as Kubernetes starts it under the pod security standard
 * `restricted`: user 65532 without capabilities, process 1 of a PID namespace, nothing writable but a volume.
 * Only the network is that of the host.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { eventually, type Outcome, run } from '../native/programs.ts'
import { temporaryFolder } from './built.ts'

export interface Container {
  process: ChildProcess
  /** The id of its process 1, as seen from outside. */
  pid: number
  /** What it has written so far, to both outputs. */
  log(): string
  /** Runs a program in it to its end, as `kubectl exec` and hooks do. */
  exec(...command: readonly string[]): Promise<Outcome>
}

export const user = 65_532
const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }

// The mounts are private: unshare sees to that. The root is mounted onto itself, since only a mount can be
// read-only, and entered last.
const enterScript = `
  set -e
  mount --bind "$1" "$1"
  mount -t proc proc "$1/proc"
  mount --bind "$2" "$1/data"
  mount -o remount,bind,ro "$1"
  cd "$1"
  shift 2
  exec setpriv --no-new-privs chroot --groups= --userspec=${user}:${user} . "$@"`

/** Starts a command in a root file system; the folder is its volume at /data. It is killed after the test. */
export async function startContainer(
  root: string,
  volume: string,
  command: readonly string[],
): Promise<Container> {
  const { child, log } = spawnContainer(root, volume, command)
  const pid = await eventually('a process in the container', async () => childOf(child.pid))
  const enter = ['--target', String(pid), '--mount', '--pid', '--root', '--wd=/'] as const
  return {
    process: child,
    pid,
    log,
    exec: (...inside) =>
      run(['nsenter', ...enter, `--setuid=${user}`, `--setgid=${user}`, ...inside], environment),
  }
}

/** Runs a command in a root file system to its end. */
export async function runContainer(
  root: string,
  volume: string,
  command: readonly string[],
): Promise<{ status: number | null; log: string }> {
  const { child, log } = spawnContainer(root, volume, command)
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, log: log() }
}

function spawnContainer(root: string, volume: string, command: readonly string[]) {
  // A node's runtime makes the places for its mounts, too, and the log a file or pipe of the container's user.
  for (const place of ['proc', 'data']) mkdirSync(join(root, place), { recursive: true })
  const logPath = join(temporaryFolder(), 'log')
  const logFile = openSync(logPath, 'a')
  chownSync(logPath, user, user)
  const enter = ['sh', '-c', enterScript, 'sh', root, volume]
  const child = spawn('unshare', ['--mount', '--pid', '--fork', ...enter, ...command], {
    env: environment,
    stdio: ['ignore', logFile, logFile],
  })
  closeSync(logFile)
  onTestFinished(() => end(child))
  return { child, log: () => readFileSync(logPath, 'utf8') }
}

/** Ends process 1, and with it the others: they would outlive unshare. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  process.kill(childOf(child.pid) ?? child.pid ?? 0, 'SIGKILL')
  await closed
}

/** The only child of unshare, as soon as there is one. */
function childOf(pid: number | undefined): number | undefined {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return children === '' ? undefined : Number(children)
}
