/** LONGHAUL_KEEPALIVE, which tells the preloaded library its timers: `idle=60,interval=10,probes=3,user_timeout=90000`. */

import { autoUserTimeoutMs, type KeepaliveTimers } from './keepalive-timers.ts'
import { maxKeepaliveSeconds, maxProbes, maxUserTimeoutMs } from './settings.ts'

export const keepaliveVariable = 'LONGHAUL_KEEPALIVE'

/** The variable's value: seconds, seconds, a count, milliseconds (0: not set). */
export function formatKeepaliveVariable(timers: KeepaliveTimers): string {
  const { idleSeconds, intervalSeconds, probes, userTimeoutMs } = timers
  return `idle=${idleSeconds},interval=${intervalSeconds},probes=${probes},user_timeout=${userTimeoutMs}`
}

/** What the library makes of any value, of a user's too: it passes over what it can't use (native/keepalive/config.c). */
export function parseKeepaliveVariable(text: string): KeepaliveTimers {
  const idleSeconds = lastOf(text, 'idle', 1, maxKeepaliveSeconds) ?? 60
  const intervalSeconds = lastOf(text, 'interval', 1, maxKeepaliveSeconds) ?? 10
  const probes = lastOf(text, 'probes', 1, maxProbes) ?? 3
  const userTimeoutMs =
    lastOf(text, 'user_timeout', 0, maxUserTimeoutMs) ??
    autoUserTimeoutMs({ idleSeconds, intervalSeconds, probes })
  return { idleSeconds, intervalSeconds, probes, userTimeoutMs }
}

/** The last number in range that a name has in the list. */
function lastOf(text: string, name: string, min: number, max: number): number | undefined {
  const pattern = new RegExp(`^${name}=([0-9]+)$`)
  return text
    .split(',')
    .flatMap(pair => pattern.exec(pair)?.[1] ?? [])
    .map(Number)
    .findLast(value => value >= min && value <= max)
}
