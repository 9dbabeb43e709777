/** Keepalive timers, as `ss` shows them in a pod's network namespace. */

export const listing = ['ss', '-tnoH', 'state', 'established'] as const

export interface Connection {
  localPort: number
  remotePort: number
  /** Seconds until the next probe; undefined where keepalive is off. */
  keepaliveSeconds: number | undefined
}

/** Reads what the command prints. */
export function readConnections(lines: string): Connection[] {
  return lines.trim().split('\n').flatMap(readLine)
}

function readLine(line: string): Connection[] {
  const ports = /:(\d+)\s+\S+:(\d+)(?:\s|$)/.exec(line)
  if (ports === null) return []
  // As in 119min, 1min20sec, 44sec, 4.500ms, 500ms.
  const timer = /timer:\(keepalive,(?:(\d+)min)?(?:(\d+)(?:sec|\.))?/.exec(line)
  const [minutes = 0, seconds = 0] = (timer ?? []).slice(1).map(each => Number(each ?? 0))
  return [
    {
      localPort: Number(ports[1]),
      remotePort: Number(ports[2]),
      keepaliveSeconds: timer === null ? undefined : minutes * 60 + seconds,
    },
  ]
}
