/** The log: JSON lines, or lines for people where stdout is a terminal. */

import pino, { type Logger } from 'pino'
import type { Terminal } from './terminal.ts'

/** Lines wait for this much company, or for the next flush: a write for each line costs 16 % of throughput. */
const bufferLength = 64 * 1024
const flushMs = 100

/** A log on stdout. Written asynchronously, and flushed on every exit that a process can act on. */
export async function openLog({ stdout, isColoured }: Terminal): Promise<Logger> {
  const options = { base: null, timestamp: isoTime }
  if (stdout.isTTY === true) {
    const { default: pretty } = await import('pino-pretty')
    return pino(options, pretty({ colorize: isColoured, sync: true }))
  }
  return pino(options, gathering(pino.destination({ dest: stdout.fd ?? 1, sync: false, minLength: 1 })))
}

/** Resolves when everything logged so far is written. */
export function flushLog(log: Logger): Promise<void> {
  return new Promise(resolve => log.flush(() => resolve()))
}

type File = ReturnType<typeof pino.destination>

/**
 * Gathers lines in front of a file. Not by sonic-boom's own minLength, which goes through all that waits
 * again at each further line.
 */
function gathering(file: File) {
  let waiting = ''
  let timer: NodeJS.Timeout | undefined
  const handOver = () => {
    clearTimeout(timer)
    timer = undefined
    const lines = waiting
    waiting = ''
    if (lines !== '') file.write(lines)
  }
  // Called when the process exits.
  const flushSync = file.flushSync
  file.flushSync = () => {
    handOver()
    flushSync.call(file)
  }
  return {
    write(line: string) {
      waiting += line
      timer ??= setTimeout(handOver, flushMs).unref()
      if (waiting.length >= bufferLength) handOver()
    },
    flush(done?: () => void) {
      handOver()
      // Twice: where a write is under way, the first waits for that one only, and not for the lines behind it.
      file.flush(() => file.flush(done))
    },
  }
}

let lastMs = 0
let lastTime = ''

/** As pino's own, remembered: the text takes 3 µs, and many lines share a millisecond. */
function isoTime(): string {
  const nowMs = Date.now()
  if (nowMs !== lastMs) {
    lastMs = nowMs
    lastTime = `,"time":"${new Date(nowMs).toISOString()}"`
  }
  return lastTime
}
