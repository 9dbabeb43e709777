/** Opening the ports of servers. */

import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { CommandError, exitStatus } from './command-error.ts'

export interface Listener {
  listen(options: { host?: string; port: number }): Promise<string>
  server: { address(): AddressInfo | string | null }
}

/**
 * Listens on an address; without one on every: that is `::`, which takes IPv4 as well, or 0.0.0.0 on a host without
 * IPv6. Throws a CommandError where the port can't be opened.
 */
export async function listen(server: Listener, host: string | undefined, port: number): Promise<void> {
  try {
    if (host !== undefined) await server.listen({ host, port })
    else await server.listen({ host: hasIPv6() ? '::' : '0.0.0.0', port })
  } catch (error) {
    throw new CommandError(`port ${port} can't be opened: ${(error as Error).message}`, exitStatus.failed)
  }
}

function hasIPv6(): boolean {
  return Object.values(networkInterfaces())
    .flat()
    .some(address => address?.family === 'IPv6')
}

/** The port that a server listens on. */
export function portOf({ server }: Listener): number | undefined {
  const address = server.address()
  return address === null || typeof address === 'string' ? undefined : address.port
}
