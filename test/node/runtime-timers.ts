/** The keepalive timers of the programs of many kinds, told by their length to be Longhaul's or not. */

import { type Namespace, serverOf } from './pods.ts'
import { clients, servers } from './runtimes.ts'
import { type Connection, listing, readConnections } from './timers.ts'

/** Whose timer it is. */
export type Timer = 'none' | 'Longhaul' | 'kernel'

/** Longhaul's. Shorter than the kernel's 2 h. */
export const idleSeconds = 600

/** The same server at a port for each client. */
const portsForClients = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'runtimes' },
  spec: {
    selector: { app: 'answer-later' },
    ports: Object.values(clients).map(({ port }) => ({ name: `from-${port}`, port, targetPort: 8080 })),
  },
}

/** Starts what the clients connect to, in the namespace where they look for it. */
export async function serveClients(namespace: Namespace): Promise<void> {
  await namespace.apply(...serverOf('answer-later', 'answer-later'), portsForClients)
  await namespace.available('answer-later')
}

/** Connects to every server, and lists all connections of the pod. */
const listingAll = [
  'python3',
  '-c',
  `import socket, subprocess
ports = [${Object.values(servers).map(({ port }) => port)}]
held = [socket.create_connection(('localhost', port)) for port in ports]
subprocess.run('${listing.join(' ')}'.split(), check=True)`,
]

/** Whose timer each program's connection has, in a pod `runtimes`. */
export async function timersOfRuntimes(namespace: Namespace): Promise<Record<string, Timer | undefined>> {
  const lines = await namespace.kubectl('exec', 'runtimes', '--container=python', '--', ...listingAll)
  const connections = readConnections(lines)
  const timers = (programs: Record<string, { port: number }>, side: 'localPort' | 'remotePort') =>
    Object.entries(programs).map(([name, { port }]) => {
      return [name, timerOf(connections.find(each => each[side] === port))] as const
    })
  return Object.fromEntries([...timers(clients, 'remotePort'), ...timers(servers, 'localPort')])
}

/** Undefined where there is no connection. */
export function timerOf(connection: Connection | undefined): Timer | undefined {
  if (connection === undefined) return undefined
  const { keepaliveSeconds } = connection
  if (keepaliveSeconds === undefined) return 'none'
  return keepaliveSeconds <= idleSeconds ? 'Longhaul' : 'kernel'
}
