/** A program that runs in a machine until it is stopped, or the machine ends. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { until } from '../../cluster/until.ts'
import { inside, type Machine } from './machine.ts'
import { childOf, isRunning, recordedProcess } from './process.ts'

const startTimeoutMs = 120_000
const logLinesShown = 20
const programFolders = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * Starts it where it doesn't run yet, and waits for a condition. Rejects with the end of its log where it ends
 * before, or the time has passed.
 */
export async function startDaemon(
  machine: Machine,
  file: string,
  flags: readonly string[],
  condition: () => Promise<boolean>,
): Promise<void> {
  const name = basename(file)
  if (!isDaemonRunning(machine, name)) await launch(machine, file, flags)
  let hasEnded = false
  await until(
    `${name} on ${machine.name} is ready`,
    async () => {
      hasEnded = !isDaemonRunning(machine, name)
      return hasEnded || (await condition())
    },
    startTimeoutMs,
  ).catch((error: Error) => {
    throw new Error(`${error.message}:\n${endOfLog(machine, name)}`, { cause: error.cause })
  })
  if (hasEnded) throw new Error(`${name} on ${machine.name} ended:\n${endOfLog(machine, name)}`)
}

/**
 * Ends it as a crash does. Gives what starts it again, as it was, until a condition holds: also where it ends once more
 * before, as a supervisor would.
 */
export async function killDaemon(
  machine: Machine,
  name: string,
): Promise<(condition: () => Promise<boolean>) => Promise<void>> {
  const pid = recordedProcess(pidFile(machine, name))
  if (pid === undefined) throw new Error(`${name} on ${machine.name} has ended already`)
  const [file = '', ...flags] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)
  process.kill(pid, 'SIGKILL')
  await until(`${name} on ${machine.name} has ended`, () => !isRunning(pid))
  return async condition => {
    const isBack = async () => {
      if (!isDaemonRunning(machine, name)) await launch(machine, file, flags)
      return condition()
    }
    await until(`${name} on ${machine.name} is back`, isBack, startTimeoutMs).catch((error: Error) => {
      throw new Error(`${error.message}:\n${endOfLog(machine, name)}`, { cause: error.cause })
    })
  }
}

function isDaemonRunning(machine: Machine, name: string): boolean {
  return recordedProcess(pidFile(machine, name)) !== undefined
}

async function launch(machine: Machine, file: string, flags: readonly string[]): Promise<void> {
  const [program, ...args] = inside(machine, [file, ...flags])
  const log = openSync(logFile(machine, basename(file)), 'a', 0o600)
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: programFolders, HOME: '/root' },
  })
  closeSync(log)
  await once(child, 'spawn')
  child.unref()
  // The child of nsenter is the one in the machine's PID namespace.
  const recorded = () => {
    writeFileSync(pidFile(machine, basename(file)), String(childOf(child.pid ?? 0)))
    return true
  }
  await until(`${file} runs in ${machine.name}`, recorded)
}

function endOfLog(machine: Machine, name: string): string {
  return readFileSync(logFile(machine, name), 'utf8').trimEnd().split('\n').slice(-logLinesShown).join('\n')
}

function pidFile({ folder }: Machine, name: string): string {
  return join(folder, `${name}.pid`)
}

function logFile({ folder }: Machine, name: string): string {
  return join(folder, `${name}.log`)
}
