/** What a policy's keepalive does for a connection, and what it costs. */

import { type KeepaliveTimers, keepaliveTimers } from './keepalive-timers.ts'
import type { Values } from './settings.ts'

export interface KeepaliveEffect {
  /** How long a dead peer goes unnoticed at most, where nothing is being sent. */
  idleNoticeSeconds: number
  /** The same where data is on its way; null where the kernel's own limit holds, of about 15 minutes. */
  sendingNoticeSeconds: number | null
  /** What an idle connection sends and receives in an hour: bytes of IPv4, of both directions together. */
  idleBytesPerHour: number
}

/** IPv4 header, TCP header, and the timestamps option, which Linux uses by default. There is no data in either. */
const packetBytes = 20 + 20 + 12
/** A probe and its answer. */
const packetsPerProbe = 2
const hourSeconds = 3600

/**
 * The effect on sockets that keepalive is on for; undefined where the policy switches it off. Sysctls reach
 * only sockets that ask for keepalive themselves, and set no TCP_USER_TIMEOUT.
 */
export function keepaliveEffect(values: Values): KeepaliveEffect | undefined {
  if (values.keepalive === 'off') return undefined
  const timers = keepaliveTimers(values)
  const userTimeoutMs = values.keepalive === 'sysctl' ? 0 : timers.userTimeoutMs
  return {
    idleNoticeSeconds: timers.idleSeconds + timers.intervalSeconds * intervals({ ...timers, userTimeoutMs }),
    sendingNoticeSeconds: userTimeoutMs === 0 ? null : userTimeoutMs / 1000,
    idleBytesPerHour: Math.round((hourSeconds / timers.idleSeconds) * packetsPerProbe * packetBytes),
  }
}

/**
 * The intervals between the first probe and the end. TCP_USER_TIMEOUT replaces the count of probes, but is
 * looked at only when a probe is due, and not before the first one (tcp_keepalive_timer in net/ipv4/tcp_timer.c).
 */
function intervals({ idleSeconds, intervalSeconds, probes, userTimeoutMs }: KeepaliveTimers): number {
  if (userTimeoutMs === 0) return probes
  return Math.max(1, Math.ceil((userTimeoutMs / 1000 - idleSeconds) / intervalSeconds))
}
