/** The timers of a policy as the kernel takes them. */

import { wholeSeconds } from './duration.ts'
import { maxUserTimeoutMs, type Values } from './settings.ts'

export interface KeepaliveTimers {
  idleSeconds: number
  intervalSeconds: number
  probes: number
  /** 0: not set. */
  userTimeoutMs: number
}

/** Rounds up to whole seconds, where the kernel takes no less. */
export function keepaliveTimers(values: Values): KeepaliveTimers {
  const idleSeconds = wholeSeconds(values['keepalive-idle'])
  const intervalSeconds = wholeSeconds(values['keepalive-interval'])
  const probes = values['keepalive-probes']
  const lastProbeMs = (idleSeconds + intervalSeconds * probes) * 1000
  return { idleSeconds, intervalSeconds, probes, userTimeoutMs: userTimeoutMs(values, lastProbeMs) }
}

function userTimeoutMs({ 'user-timeout': setting }: Values, lastProbeMs: number): number {
  if (setting === 'off') return 0
  return setting === 'auto' ? Math.min(lastProbeMs, maxUserTimeoutMs) : setting
}
