/** How a hang-up is spread over many pods. */

export interface Share {
  /** When its first connection is to be hung up, in milliseconds from the start. */
  startMs: number
  /** Over how long its connections are spread. */
  lengthMs: number
}

/**
 * A share of the time for each pod, one after the other, as long as its part of the connections is large. In all they
 * are then hung up at the same pace from the first to the last, however many pods there are: with all pods at once,
 * each over the whole time, as many connections as there are pods would fall together each time.
 */
export function sharesOf(counts: readonly number[], spreadMs: number): Share[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  let before = 0
  return counts.map(count => {
    const startMs = total === 0 ? 0 : (spreadMs * before) / total
    before += count
    return {
      startMs: Math.round(startMs),
      lengthMs: total === 0 ? 0 : Math.round((spreadMs * count) / total),
    }
  })
}
