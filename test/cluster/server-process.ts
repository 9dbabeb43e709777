/** A server as a child process; its log is shown when it fails. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Sweeper } from './sweeper.ts'

export interface ServerProcess {
  pid: number
  /** Waits for a condition; throws the end of the log when the server ends before, or the time has passed. */
  until(condition: () => Promise<boolean>): Promise<void>
  /** Asks it to end, and kills it if it doesn't. */
  stop(): Promise<void>
}

const startTimeoutMs = 60_000
const stopTimeoutMs = 20_000
const pollMs = 50
const logLinesShown = 20

export async function startServer(
  program: string,
  flags: readonly string[],
  sweeper: Sweeper,
): Promise<ServerProcess> {
  const name = basename(program)
  const logFile = join(sweeper.folder, `${name}.log`)
  const log = openSync(logFile, 'a', 0o600)
  const child = spawn(program, flags, { stdio: ['ignore', log, log], env: {} })
  closeSync(log)
  await once(child, 'spawn')
  const exited = once(child, 'exit')
  const pid = child.pid ?? 0
  sweeper.watch(pid)
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null
  const fail = (what: string): never => {
    const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-logLinesShown)
    throw new Error(`${name} ${what}:\n${lines.join('\n')}`)
  }
  return {
    pid,
    async until(condition) {
      const deadlineMs = performance.now() + startTimeoutMs
      while (!(await condition().catch(() => false))) {
        if (hasEnded()) fail(`ended (${child.exitCode ?? child.signalCode})`)
        if (performance.now() > deadlineMs) fail(`is not ready after ${startTimeoutMs / 1000} seconds`)
        await delay(pollMs)
      }
    },
    async stop() {
      child.kill('SIGTERM')
      const killing = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
      await exited
      clearTimeout(killing)
      sweeper.forget(pid)
    },
  }
}
