/** How many connections are held at a time, as each takes memory whether or not anything is sent. */

import type { Server } from 'node:net'
import type { Logger } from 'pino'
import { paced } from './paced.ts'

/**
 * An idle TLS connection takes some 65 KiB (measured): 500 take 33 MiB, which is what the bodies leave of the chart's
 * 256 MiB (see `standardBodyLimits`). API servers use a few each.
 */
export const standardMaxConnections = 500

/** Closes each connection beyond so many as soon as it is opened, and says so in the log. Those that are open stay. */
export function limitConnections(server: Server, max: number, log: Pick<Logger, 'warn'>): void {
  server.maxConnections = max
  const warn = paced(closed =>
    log.warn(
      { closed, open: max },
      'connections closed: too many are open; limit who may connect (networkPolicy.from in the chart)',
    ),
  )
  server.on('drop', () => warn())
}
