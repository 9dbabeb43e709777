/** One session with the server of sessions, by either library; the same to its user. */

import { io } from 'socket.io-client'
import { WebSocket } from 'ws'

export interface SessionEvents {
  /** The server's name, once the session is up. */
  greeted(server: string): void
  answered(): void
  /** It has ended, or could not begin; why, as its library says. */
  ended(why: string): void
}

export interface Session {
  ask(): void
  end(): void
}

export type Kind = 'websocket' | 'socket-io'

/** Opens a session with http://HOST:PORT. */
export function openSession(kind: Kind, host: string, events: SessionEvents): Session {
  return kind === 'websocket' ? overWebSocket(host, events) : overSocketIo(host, events)
}

function overWebSocket(host: string, { greeted, answered, ended }: SessionEvents): Session {
  const socket = new WebSocket(`ws://${host}/ws`)
  let failure: Error | undefined
  socket.on('message', text => {
    const { greeting } = JSON.parse(String(text))
    if (greeting === undefined) answered()
    else greeted(greeting)
  })
  // A close follows each error.
  socket.on('error', error => {
    failure = error
  })
  socket.on('close', code => ended(failure?.message ?? `closed with ${code}`))
  return { ask: () => socket.send('{}'), end: () => socket.close() }
}

function overSocketIo(host: string, { greeted, answered, ended }: SessionEvents): Session {
  // Each session has a connection of its own, as if each were another user.
  const socket = io(`http://${host}`, { transports: ['websocket'], reconnection: false, forceNew: true })
  socket.on('greeting', greeted)
  socket.on('answer', answered)
  socket.on('connect_error', error => ended(error.message))
  socket.on('disconnect', ended)
  return { ask: () => socket.emit('ask', ''), end: () => socket.disconnect() }
}
