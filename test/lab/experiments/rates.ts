/** How many at a time. */

/** The largest number of times that lie within one second. */
export function mostInASecond(timesMs: readonly number[]): number {
  const sorted = [...timesMs].sort((one, other) => one - other)
  let most = 0
  let first = 0
  for (const [last, atMs] of sorted.entries()) {
    while (atMs - (sorted[first] ?? atMs) >= 1000) first += 1
    most = Math.max(most, last - first + 1)
  }
  return most
}
