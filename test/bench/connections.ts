/** The webhook's memory, against the chart's limit, under clients that hold what they can of it. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { connect, type TLSSocket } from 'node:tls'
import type { Figure } from './figures.ts'
import { longhaulArguments, type Server, startServer } from './servers.ts'

/** `resources.limits.memory` of the chart. */
const limitMiB = 256
const openBodies = 45
const bodyBytes = 6_900_000
const idleConnections = 2000
/** A process may have 1,024 descriptors: no more at a time than are accepted at once. */
const parallel = 50
const settleMs = 3000
const runs = 5

export async function run(): Promise<readonly Figure[]> {
  const bodies = await worstOf(runs, async ({ port }) => {
    const sockets = await openAll(port, openBodies)
    await Promise.all(sockets.map(sendUnfinished))
    return sockets
  })
  const idle = await worstOf(runs, ({ port }) => openAll(port, idleConnections))
  return [
    {
      what: `peak RSS, ${openBodies} open bodies of 6.9 MB, worst of ${runs}`,
      ...bodies.peak,
      limit: limitMiB,
    },
    {
      what: `peak RSS, ${idleConnections} idle TLS connections, worst of ${runs}`,
      ...idle.peak,
      limit: limitMiB,
    },
    { what: 'of which are open in the end', value: idle.open, unit: '' },
  ]
}

/** The run with the highest memory: when garbage is collected is chance. */
async function worstOf(count: number, hold: (server: Server) => Promise<TLSSocket[]>) {
  const held = []
  for (let run = 0; run < count; run++) held.push(await withServer(hold))
  return held.reduce((worst, each) => (each.peak.value > worst.peak.value ? each : worst))
}

/** The server's highest memory while the sockets are held, and how many it has left open. */
async function withServer(hold: (server: Server) => Promise<TLSSocket[]>) {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-bench-'))
  const server = await startServer(longhaulArguments(folder), join(folder, 'longhaul.log'))
  let sockets: TLSSocket[] = []
  try {
    sockets = await hold(server)
    await delay(settleMs)
    const open = sockets.filter(({ destroyed }) => !destroyed).length
    return { peak: { value: peakMiB(server.pid), unit: 'MiB' }, open }
  } finally {
    for (const socket of sockets) socket.destroy()
    await server.stop()
    rmSync(folder, { recursive: true })
  }
}

async function openAll(port: number, count: number): Promise<TLSSocket[]> {
  const sockets: TLSSocket[] = []
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(parallel, count - sockets.length) }, () => open(port))
    sockets.push(...(await Promise.all(some)))
  }
  return sockets
}

/** A connection whose handshake is over, or that was refused. */
async function open(port: number): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  // The server may close it at any time.
  socket.on('error', () => {}).resume()
  await new Promise<void>(resolve => socket.once('secureConnect', resolve).once('close', () => resolve()))
  return socket
}

/** All of a body but its last byte, as far as it is taken. */
async function sendUnfinished(socket: TLSSocket): Promise<void> {
  const head = `POST /mutate HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${bodyBytes}\r\n\r\n`
  socket.write(head)
  // Called with an error where the server closes the connection.
  const isTaken = new Promise<void>(resolve =>
    socket.write(Buffer.alloc(bodyBytes - 1, 'x'), () => resolve()),
  )
  await Promise.race([isTaken, delay(2 * settleMs)])
}

function peakMiB(pid: number): number {
  const kB = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kB) / 1024
}
