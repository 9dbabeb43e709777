/** The servers that the benches compare, each a process of its own. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

export interface Server {
  pid: number
  port: number
  stop(): Promise<void>
}

export const longhaulBundle = new URL('../../dist/longhaul.js', import.meta.url).pathname

/** Node's arguments to run Longhaul on any free port, with its CA in a folder. */
export function longhaulArguments(folder: string): string[] {
  return [longhaulBundle, 'serve', '--standalone', '--port', '0', '--admin-port', '0', '--tls-dir', folder]
}

/** Starts a server whose stdout, to a file, says `"port":N` once it listens. */
export async function startServer(args: readonly string[], log: string): Promise<Server> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', openSync(log, 'w'), 'inherit'] })
  const port = await portOf(child, log)
  return {
    pid: child.pid ?? 0,
    port,
    async stop() {
      const exited = once(child, 'exit')
      child.kill('SIGINT')
      await exited
    },
  }
}

async function portOf(child: ChildProcess, log: string): Promise<number> {
  for (;;) {
    const port = /"port":(\d+)/.exec(readFileSync(log, 'utf8'))?.[1]
    if (port !== undefined) return Number(port)
    if (child.exitCode !== null) throw new Error(`the server ended with status ${child.exitCode}`)
    await delay(5)
  }
}

/**
 * The processor time of all threads of a server so far, in ms: those of the garbage collection work beside the main one.
 * Other processes on the machine don't lengthen it, as they do an answer.
 */
export function processorMs({ pid }: Pick<Server, 'pid'>): number {
  const tasks = `/proc/${pid}/task`
  const times = readdirSync(tasks).map(id => readFileSync(`${tasks}/${id}/schedstat`, 'utf8').split(' ')[0])
  return times.reduce((sum, nanoseconds) => sum + Number(nanoseconds), 0) / 1e6
}
