/**
 * What the binary in pods prints with `--json`: an object a line for each connection. It is ours, but its container is
 * not: what is not of that form is taken for nothing.
 */

/** In every line; times are in seconds. */
export interface NativeConnection {
  localAddress: string
  localPort: number
  remoteAddress: string
  remotePort: number
  /** In the container's process namespace; null where it is none of its processes, or one that it can't look into. */
  pid: number | null
  process: string | null
  /** The kernel keeps no time of creation. */
  minimumAgeSeconds: number
  /** Without data either way. */
  idleSeconds: number
}

/** A line of `list`. */
export interface ListedConnection extends NativeConnection {
  /** `in` where its local port is listened on. */
  direction: 'in' | 'out'
  receiveQueueBytes: number
  sendQueueBytes: number
  lastSentSeconds: number
  lastReceivedSeconds: number
  /** Null where data is on its way, and the socket can't be asked. */
  keepalive: boolean | null
  /** Until the next probe, where the kernel waits for that. */
  keepaliveLeftSeconds: number | null
  /** 0 where there is none; null where the socket can't be asked. */
  userTimeoutSeconds: number | null
  /** In all its life. */
  retransmissions: number
  roundTripMicroseconds: number
}

/** A line of `hangup`. */
export interface EndedConnection extends NativeConnection {
  outcome: Outcome
  /** Why it was not hung up, where it was not. */
  reason?: string
}

/** What became of a connection; `dry-run` is one that would have been hung up. */
export const outcomes = [
  'hung-up',
  'dry-run',
  'left',
  'failed',
  'not-reached',
  'denied',
  'gone',
  'unowned',
] as const

export type Outcome = (typeof outcomes)[number]

type Check = (value: unknown) => boolean

const isText: Check = value => typeof value === 'string'
const isNumber: Check = value => typeof value === 'number' && value >= 0
const orNull =
  (check: Check): Check =>
  value =>
    value === null || check(value)
const oneOf =
  (values: readonly unknown[]): Check =>
  value =>
    values.includes(value)

const common: Readonly<Record<keyof NativeConnection, Check>> = {
  localAddress: isText,
  localPort: isNumber,
  remoteAddress: isText,
  remotePort: isNumber,
  pid: orNull(isNumber),
  process: orNull(isText),
  minimumAgeSeconds: isNumber,
  idleSeconds: isNumber,
}

const listed: Readonly<Record<keyof ListedConnection, Check>> = {
  ...common,
  direction: oneOf(['in', 'out']),
  receiveQueueBytes: isNumber,
  sendQueueBytes: isNumber,
  lastSentSeconds: isNumber,
  lastReceivedSeconds: isNumber,
  keepalive: oneOf([true, false, null]),
  keepaliveLeftSeconds: orNull(isNumber),
  userTimeoutSeconds: orNull(isNumber),
  retransmissions: isNumber,
  roundTripMicroseconds: isNumber,
}

const ended: Readonly<Record<keyof EndedConnection, Check>> = {
  ...common,
  outcome: oneOf(outcomes),
  reason: value => value === undefined || isText(value),
}

export function readListed(line: string): ListedConnection | undefined {
  return read(line, listed) as ListedConnection | undefined
}

export function readEnded(line: string): EndedConnection | undefined {
  return read(line, ended) as EndedConnection | undefined
}

function read(line: string, checks: Readonly<Record<string, Check>>): object | undefined {
  const value = parse(line)
  if (typeof value !== 'object' || value === null) return undefined
  const isWhole = Object.entries(checks).every(([name, check]) => check((value as never)[name]))
  return isWhole ? value : undefined
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** The same for the same connection, whichever container of its pod looks at it. */
export function keyOf({ localAddress, localPort, remoteAddress, remotePort }: NativeConnection): string {
  return [localAddress, localPort, remoteAddress, remotePort].join(' ')
}
