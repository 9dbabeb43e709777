/** How many at a time. */

/** The largest number of times that lie within that many milliseconds. */
export function mostWithin(windowMs: number, timesMs: readonly number[]): number {
  const sorted = [...timesMs].sort((one, other) => one - other)
  let most = 0
  let first = 0
  for (const [last, atMs] of sorted.entries()) {
    while (atMs - (sorted[first] ?? atMs) >= windowMs) first += 1
    most = Math.max(most, last - first + 1)
  }
  return most
}

/** The largest number of times that lie within one real second, which is shorter in the lab. */
export function peakPerSecond(timesMs: readonly number[], scale: number): number {
  return mostWithin(1000 / scale, timesMs)
}
