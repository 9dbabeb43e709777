/** The timers of a policy as the kernel takes them. */

import { wholeSeconds } from './duration.ts'
import { maxUserTimeoutMs, type Values } from './settings.ts'

export interface KeepaliveTimers {
  idleSeconds: number
  intervalSeconds: number
  probes: number
  /** 0: not set. */
  userTimeoutMs: number
  /** `auto`: the user timeout follows the timers that a program sets itself. */
  followsProgram: boolean
}

/** Rounds up to whole seconds, where the kernel takes no less. */
export function keepaliveTimers(values: Values): KeepaliveTimers {
  const idleSeconds = wholeSeconds(values['keepalive-idle'])
  const intervalSeconds = wholeSeconds(values['keepalive-interval'])
  const probes = values['keepalive-probes']
  const probing = { idleSeconds, intervalSeconds, probes }
  return {
    ...probing,
    userTimeoutMs: userTimeoutMs(values, probing),
    followsProgram: values['user-timeout'] === 'auto',
  }
}

type Probing = Omit<KeepaliveTimers, 'userTimeoutMs' | 'followsProgram'>

/** The TCP_USER_TIMEOUT that gives sent data as long as a quiet connection, as far as the kernel's number reaches. */
export function autoUserTimeoutMs({ idleSeconds, intervalSeconds, probes }: Probing): number {
  return Math.min((idleSeconds + intervalSeconds * probes) * 1000, maxUserTimeoutMs)
}

function userTimeoutMs({ 'user-timeout': setting }: Values, probing: Probing): number {
  if (setting === 'off') return 0
  return setting === 'auto' ? autoUserTimeoutMs(probing) : setting
}
