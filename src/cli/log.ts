/** The log: JSON lines, or lines for people where stdout is a terminal. */

import pino, { type Logger } from 'pino'
import type { Terminal } from './terminal.ts'

/** Lines wait for this much company, or for the next flush: a write for each line costs 16 % of throughput. */
const bufferBytes = 64 * 1024
const flushMs = 100

/** As buffers, since sonic-boom goes through all that waits in strings again at each further line. */
const buffered = { minLength: bufferBytes, maxWrite: 2 * bufferBytes, contentMode: 'buffer' }

/** A log on stdout. Written asynchronously, and flushed on every exit that a process can act on. */
export async function openLog({ stdout, isColoured }: Terminal): Promise<Logger> {
  const options = { base: null, timestamp: pino.stdTimeFunctions.isoTime }
  if (stdout.isTTY === true) {
    const { default: pretty } = await import('pino-pretty')
    return pino(options, pretty({ colorize: isColoured, sync: true }))
  }
  const file = pino.destination({ dest: stdout.fd ?? 1, sync: false, ...buffered })
  // Not sonic-boom's own periodic flush, which writes when there is nothing to write, too.
  let timer: NodeJS.Timeout | undefined
  const flushLater = () => {
    timer = undefined
    file.flush()
  }
  const stream = {
    write(line: string) {
      file.write(Buffer.from(line) as unknown as string)
      timer ??= setTimeout(flushLater, flushMs).unref()
    },
    flush(done?: () => void) {
      clearTimeout(timer)
      timer = undefined
      // Twice: where a write is under way, the first waits for that one only, and not for the lines behind it.
      file.flush(() => file.flush(done))
    },
  }
  return pino(options, stream)
}

/** Resolves when everything logged so far is written. */
export function flushLog(log: Logger): Promise<void> {
  return new Promise(resolve => log.flush(() => resolve()))
}
