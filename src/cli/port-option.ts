/** The port of a server, as an option. */

import { InvalidArgumentError } from 'commander'

/** A number from 0, for any, to 65535. */
export function readPort(written: string): number {
  const port = Number(written)
  if (/^\d+$/.test(written) && port <= 65535) return port
  throw new InvalidArgumentError('Write a number from 0 to 65535.')
}
