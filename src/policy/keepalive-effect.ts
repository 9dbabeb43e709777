/** What keepalive does for a connection, and what it costs. */

import type { KeepaliveTimers } from './keepalive-timers.ts'

export interface KeepaliveEffect {
  /** How long a dead peer goes unnoticed at most, where nothing is being sent. */
  idleNoticeSeconds: number
  /**
   * The same where data is on its way, from its first retransmission on; null where the kernel's own limit holds, of
   * about 15 minutes.
   */
  sendingNoticeSeconds: number | null
  /**
   * What this end's keepalive makes an idle connection send and receive in an hour: bytes of IPv4, of both directions
   * together. An end's probes do not save the other end its own.
   */
  idleBytesPerHour: number
}

/** IPv4 header, TCP header, and the timestamps option, which Linux uses by default. There is no data in either. */
const packetBytes = 20 + 20 + 12
/** A probe and its answer. */
const packetsPerProbe = 2
const hourSeconds = 3600

/** The effect of timers on a socket that has them. */
export function timersEffect(timers: KeepaliveTimers): KeepaliveEffect {
  const { idleSeconds, intervalSeconds, userTimeoutMs } = timers
  return {
    idleNoticeSeconds: idleSeconds + intervalSeconds * intervals(timers),
    sendingNoticeSeconds: userTimeoutMs === 0 ? null : userTimeoutMs / 1000,
    idleBytesPerHour: Math.round((hourSeconds / idleSeconds) * packetsPerProbe * packetBytes),
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
