/** Clients over TLS whose connections stay open between the turns of a bench: no handshake is part of what is measured. */

import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'

export interface Turn {
  /** How long the turn took, to its last answer. */
  seconds: number
  /** Of each answer. */
  latenciesMs: readonly number[]
}

export interface Clients {
  /** For so long each connection sends the request again as soon as it is answered. */
  turn(seconds: number): Promise<Turn>
  close(): void
}

/**
 * Opens so many connections to a server that answers the request with status 200, and always at the same length: no
 * body is looked into, so that the clients take less processor time than any server, and never hold one up.
 */
export async function openClients(port: number, body: string, count: number): Promise<Clients> {
  const request = Buffer.from(
    `POST /mutate HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
  const sockets = Array.from({ length: count }, () =>
    connect({ port, host: '127.0.0.1', rejectUnauthorized: false }),
  )
  await Promise.all(sockets.map(socket => once(socket, 'secureConnect')))
  return {
    async turn(seconds) {
      const latenciesMs: number[] = []
      const startedMs = performance.now()
      const endMs = startedMs + seconds * 1000
      await Promise.all(sockets.map(socket => ask(socket, request, endMs, latenciesMs)))
      return { seconds: (performance.now() - startedMs) / 1000, latenciesMs }
    },
    close() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Asks again and again over one connection; resolves with the first answer after the end. */
function ask(socket: TLSSocket, request: Buffer, endMs: number, latenciesMs: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let sentMs = 0
    let missingBytes = 0
    const send = () => {
      sentMs = performance.now()
      socket.write(request)
    }
    const stop = (error?: Error) => {
      socket.off('data', take).off('error', stop).off('end', breakOff)
      if (error === undefined) resolve()
      else reject(error)
    }
    const breakOff = () => stop(new Error('the server has ended a connection'))
    const take = (chunk: Buffer) => {
      missingBytes = (missingBytes === 0 ? answerBytes(chunk) : missingBytes) - chunk.length
      if (missingBytes > 0) return
      if (missingBytes !== 0) return stop(new Error(`not the answer to a request: ${chunk}`))
      const nowMs = performance.now()
      latenciesMs.push(nowMs - sentMs)
      if (nowMs < endMs) send()
      else stop()
    }
    socket.on('data', take).on('error', stop).on('end', breakOff)
    send()
  })
}

/** The length of an answer of status 200 by its head, which comes in one piece; NaN where it is none. */
function answerBytes(chunk: Buffer): number {
  const bodyAt = chunk.indexOf('\r\n\r\n') + 4
  const head = chunk.toString('latin1', 0, bodyAt)
  const bodyBytes = /^HTTP\/1\.1 200 .*\r\ncontent-length: (\d+)\r\n/is.exec(head)?.[1]
  return bodyAt + Number(bodyBytes)
}
