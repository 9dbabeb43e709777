/** How many connections are held at a time, as each takes memory whether or not anything is sent. */

import type { Server } from 'node:net'
import type { Logger } from 'pino'
import { paced } from './paced.ts'

/**
 * 2,000 idle TLS connections bring the process to 213 MiB, of the 256 MiB that the chart gives; with the 24 MiB of bodies
 * that may be held besides, that is 237 MiB. API servers use a few each.
 */
export const standardMaxConnections = 2000

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
