/**
 * A machine of the cluster: a process in network, mount, UTS, IPC and PID namespaces of its own. Ending it ends
 * everything that runs in it, as a power cut does. What it knows of itself is in its folder, so that any process can
 * go on with it.
 */

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../../cluster/until.ts'
import type { Command } from '../../lab/hosts/program.ts'
import { childOf, isRunning, recordedProcess } from './process.ts'

export interface Machine {
  name: string
  /** Its address in the cluster's network. */
  address: string
  /** Where it keeps its files, also while it is off. */
  folder: string
}

const init = new URL('machine.sh', import.meta.url).pathname

/** Switches it on. It has no network yet. */
export async function boot({ name, folder }: Machine): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const ready = join(folder, 'ready')
  rmSync(ready, { force: true })
  const log = openSync(join(folder, 'machine.log'), 'a', 0o600)
  const namespaces = ['--net', '--mount', '--uts', '--ipc', '--pid', '--fork', '--kill-child']
  const child = spawn('unshare', [...namespaces, '--propagation=private', 'bash', init, folder, name], {
    detached: true,
    stdio: ['ignore', log, log],
  })
  child.unref()
  await until(`${name} has booted`, () => existsSync(ready))
  writeFileSync(join(folder, 'pid'), String(childOf(child.pid ?? 0)))
}

/** As a power cut: everything in it ends at once. */
export async function cutPower({ name, folder }: Machine): Promise<void> {
  const pid = recordedProcess(join(folder, 'pid'))
  if (pid === undefined) return
  process.kill(pid, 'SIGKILL')
  await until(`${name} is off`, () => !isRunning(pid))
  rmSync(join(folder, 'pid'))
}

export function isOn({ folder }: Machine): boolean {
  return recordedProcess(join(folder, 'pid')) !== undefined
}

/** The command that runs the given one in the machine. Throws where it is off. */
export function inside({ name, folder }: Machine, command: readonly string[]): Command {
  return ['nsenter', `--target=${pidOf({ name, folder })}`, ...allNamespaces, '--', ...command]
}

/** The command that runs the given one in its network alone. Throws where it is off. */
export function inNetworkOf({ name, folder }: Machine, command: readonly string[]): Command {
  return ['nsenter', `--target=${pidOf({ name, folder })}`, '--net', '--', ...command]
}

const allNamespaces = ['--mount', '--uts', '--ipc', '--net', '--pid']

/** Its process 1, by its number on the host. */
export function pidOf({ name, folder }: Pick<Machine, 'name' | 'folder'>): number {
  const pid = recordedProcess(join(folder, 'pid'))
  if (pid === undefined) throw new Error(`${name} is off`)
  return pid
}
