/** What the kernel holds for a socket, as the fixtures of native/test print it. */
export interface SocketOptions {
  readonly name: string
  readonly keepalive: number
  readonly idle: number
  readonly interval: number
  readonly probes: number
  readonly userTimeout: number
  readonly typeOfService: number
}

export const parseOptions = (lines: string): SocketOptions[] =>
  lines
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as SocketOptions)

/** Kernel's defaults: what a socket has when nobody touched it. */
export const untouched = { keepalive: 0, idle: 7200, interval: 75, probes: 9, userTimeout: 0 }
export const defaults = { keepalive: 1, idle: 60, interval: 10, probes: 3, userTimeout: 90_000 }
