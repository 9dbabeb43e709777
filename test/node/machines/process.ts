/** Processes that a file names, so that others than their parent can end them. */

import { readFileSync } from 'node:fs'

/** False for one that has ended, also where nobody has asked for its status yet. */
export function isRunning(pid: number): boolean {
  const state = /\) (\S)/.exec(read(`/proc/${pid}/stat`))?.[1]
  return state !== undefined && state !== 'Z' && state !== 'X'
}

/** The process that the file names; undefined where there is no such file, or it has ended. */
export function recordedProcess(file: string): number | undefined {
  const pid = Number(read(file))
  return pid > 0 && isRunning(pid) ? pid : undefined
}

/** The one child of a process. Throws where there is none. */
export function childOf(pid: number): number {
  const child = Number(read(`/proc/${pid}/task/${pid}/children`).split(' ')[0])
  if (!(child > 0)) throw new Error(`process ${pid} has no child`)
  return child
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
