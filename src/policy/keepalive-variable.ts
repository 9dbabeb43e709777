/** LONGHAUL_KEEPALIVE, which tells the preloaded library its timers: `idle=60,interval=10,probes=3,user_timeout=auto`. */

import { autoUserTimeoutMs, type KeepaliveTimers } from './keepalive-timers.ts'
import { maxKeepaliveSeconds, maxProbes, maxUserTimeoutMs } from './settings.ts'

export const keepaliveVariable = 'LONGHAUL_KEEPALIVE'

/** The variable's value: seconds, seconds, a count, and `auto` or milliseconds (0: not set). */
export function formatKeepaliveVariable(timers: KeepaliveTimers): string {
  const { idleSeconds, intervalSeconds, probes, userTimeoutMs, followsProgram } = timers
  const userTimeout = followsProgram ? 'auto' : userTimeoutMs
  return `idle=${idleSeconds},interval=${intervalSeconds},probes=${probes},user_timeout=${userTimeout}`
}

/** What the library makes of any value, of a user's too: it passes over what it can't use (native/keepalive/config.c). */
export function parseKeepaliveVariable(text: string): KeepaliveTimers {
  const idleSeconds = lastOf(text, 'idle', 1, maxKeepaliveSeconds) ?? 60
  const intervalSeconds = lastOf(text, 'interval', 1, maxKeepaliveSeconds) ?? 10
  const probes = lastOf(text, 'probes', 1, maxProbes) ?? 3
  const userTimeout = lastValueOf(
    text,
    'user_timeout',
    value => value === 'auto' || isIn(value, 0, maxUserTimeoutMs),
  )
  const followsProgram = userTimeout === undefined || userTimeout === 'auto'
  const userTimeoutMs = followsProgram
    ? autoUserTimeoutMs({ idleSeconds, intervalSeconds, probes })
    : Number(userTimeout)
  return { idleSeconds, intervalSeconds, probes, userTimeoutMs, followsProgram }
}

/** The last number in range that a name has in the list. */
function lastOf(text: string, name: string, min: number, max: number): number | undefined {
  const value = lastValueOf(text, name, each => isIn(each, min, max))
  return value === undefined ? undefined : Number(value)
}

function lastValueOf(text: string, name: string, isUsable: (value: string) => boolean): string | undefined {
  const prefix = `${name}=`
  return text
    .split(',')
    .filter(pair => pair.startsWith(prefix))
    .map(pair => pair.slice(prefix.length))
    .findLast(isUsable)
}

function isIn(value: string, min: number, max: number): boolean {
  return /^[0-9]+$/.test(value) && Number(value) >= min && Number(value) <= max
}
