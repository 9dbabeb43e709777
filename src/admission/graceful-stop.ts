/**
 * Leaving without losing a request. The API server keeps connections open and sends on them for as long as
 * they are: so they are not closed under it, but it is told, by `Connection: close`, to close them.
 */

import type { Server, Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** An open connection without a request for so long, while leaving, is closed. */
const idleLimitMs = 5000

export interface Connections {
  readonly count: number
  /** Closes those that stay idle, from now on. */
  closeIdle(): void
  closeAll(): void
}

/** Follows the connections of a server that has not begun to listen. */
export function followConnections(server: Server): Connections {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return {
    get count() {
      return sockets.size
    },
    closeIdle() {
      // With a listener of its own: these are the sockets below TLS, whose timeout nobody else acts on.
      for (const socket of sockets) socket.setTimeout(idleLimitMs, () => closeUnlessRead(socket))
    },
    closeAll() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Where the process was held up, the time is over before what has arrived meanwhile is read. */
function closeUnlessRead(socket: Socket): void {
  const { bytesRead } = socket
  setImmediate(() => {
    if (socket.bytesRead === bytesRead) socket.destroy()
  })
}

export interface StopTimes {
  /** How long requests are served as before, until endpoints have forgotten this server. */
  settleMs: number
  /** How long after that the last connection may take. */
  timeoutMs: number
}

/**
 * Serves through the settle time, then calls `leave`, and waits until the last connection has ended.
 * Gives the number of connections that had to be cut.
 */
export async function stopGracefully(
  connections: Connections,
  { settleMs, timeoutMs }: StopTimes,
  leave: () => void,
): Promise<number> {
  await delay(settleMs)
  leave()
  connections.closeIdle()
  const deadlineMs = performance.now() + timeoutMs
  while (connections.count > 0 && performance.now() < deadlineMs) await delay(20)
  const { count } = connections
  connections.closeAll()
  return count
}
