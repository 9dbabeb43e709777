/** The timers of a policy as the kernel takes them. */

import { wholeSeconds } from './duration.ts'
import type { Values } from './settings.ts'

export interface KeepaliveTimers {
  idleSeconds: number
  intervalSeconds: number
  probes: number
  /** 0: not set, so that the kernel's own limit holds. */
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

/**
 * When the kernel gives up data that nobody acknowledges, without TCP_USER_TIMEOUT, which would take the place of that
 * limit: for tcp_retries2 of 15 at least 924.6 s (Documentation/networking/ip-sysctl.rst).
 */
const kernelLimitMs = 924_600

/** The TCP_USER_TIMEOUT that gives sent data as long as a quiet connection; 0 where the kernel's own limit is sooner. */
export function autoUserTimeoutMs({ idleSeconds, intervalSeconds, probes }: Probing): number {
  const milliseconds = (idleSeconds + intervalSeconds * probes) * 1000
  return milliseconds > kernelLimitMs ? 0 : milliseconds
}

function userTimeoutMs({ 'user-timeout': setting }: Values, probing: Probing): number {
  if (setting === 'off') return 0
  return setting === 'auto' ? autoUserTimeoutMs(probing) : setting
}
