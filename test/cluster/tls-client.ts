/** What a client of the webhook sees of its certificate. */

import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'

/** The fingerprint of the certificate that new connections to a port of loopback are shown. */
export async function servedBy(port: number): Promise<string> {
  const socket = await openTo(port)
  const { fingerprint256 } = socket.getPeerCertificate()
  socket.destroy()
  return fingerprint256
}

export function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256
}

export interface HeldConnection extends Disposable {
  /** The status of an answer on this connection; rejects once it has been closed. */
  ask(): Promise<number>
}

/** A connection that stays open, as the API server keeps its own. */
export async function holdConnection(port: number): Promise<HeldConnection> {
  const socket = await openTo(port)
  return {
    async ask() {
      socket.write('GET / HTTP/1.1\r\nhost: longhaul\r\n\r\n')
      const [answer] = await Promise.race([once(socket, 'data'), once(socket, 'close')])
      return Number(String(answer).split(' ')[1])
    },
    [Symbol.dispose]: () => socket.destroy(),
  }
}

async function openTo(port: number): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  return socket
}
