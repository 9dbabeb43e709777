/** A client that asks over a connection of its own, which it makes anew where it has lost it: by five libraries. */

import { Agent, get } from 'node:http'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { Agent as Dispatcher, request } from 'undici'
import { WebSocket } from 'ws'

export interface Asker {
  /** One operation; fails where it got no answer. Does not try again, but for what its library does by itself. */
  ask(): Promise<void>
}

/** What it needs is told each time that it has lost a connection. */
type MakeAsker = (host: string, lost: () => void) => Asker

export const askers: Readonly<Record<string, MakeAsker>> = {
  'http agent': throughAgent,
  undici: throughUndici,
  ws: overWebSocket,
  ioredis: throughRedis,
  pg: throughPostgresql,
}

function throughAgent(host: string, lost: () => void): Asker {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = ({ promise, resolve, reject }: PromiseWithResolvers<void>) => {
    const asked = get(`http://${host}:8080`, { agent }, response => {
      response.resume().on('end', resolve).on('error', reject)
    })
    asked.on('error', reject)
    asked.on('socket', socket => {
      if (!asked.reusedSocket) socket.on('close', lost)
    })
    return promise
  }
  return { ask: () => ask(Promise.withResolvers()) }
}

function throughUndici(host: string, lost: () => void): Asker {
  const dispatcher = new Dispatcher({ connections: 1, keepAliveTimeout: 60_000 })
  dispatcher.on('disconnect', lost)
  return {
    async ask() {
      const { body } = await request(`http://${host}:8080`, { dispatcher })
      await body.dump()
    },
  }
}

function overWebSocket(host: string, lost: () => void): Asker {
  let opened: Promise<WebSocket> | undefined
  const open = ({ promise, resolve, reject }: PromiseWithResolvers<WebSocket>) => {
    const socket = new WebSocket(`ws://${host}:8080/ws`)
    // The greeting.
    socket.once('message', () => resolve(socket))
    socket.once('error', reject)
    socket.once('close', () => {
      opened = undefined
      lost()
    })
    return promise
  }
  const answer = (socket: WebSocket, { promise, resolve, reject }: PromiseWithResolvers<void>) => {
    const fail = () => reject(new Error('closed'))
    socket.once('close', fail)
    socket.once('message', () => {
      socket.off('close', fail)
      resolve()
    })
    socket.send('{}')
    return promise
  }
  return {
    async ask() {
      opened ??= open(Promise.withResolvers())
      await answer(await opened, Promise.withResolvers())
    },
  }
}

function throughRedis(host: string, lost: () => void): Asker {
  const redis = new Redis({ host })
  redis.on('close', lost)
  // Those that matter are of operations.
  redis.on('error', () => {})
  return {
    async ask() {
      await redis.set('key', 'value')
    },
  }
}

function throughPostgresql(host: string, lost: () => void): Asker {
  let connected: Promise<Client> | undefined
  const connect = async () => {
    const client = new Client({ host, user: 'postgres', database: 'postgres' })
    client.on('error', () => {})
    client.on('end', () => {
      connected = undefined
      lost()
    })
    await client.connect()
    return client
  }
  return {
    async ask() {
      connected ??= connect()
      await (await connected).query('SELECT 1')
    },
  }
}
