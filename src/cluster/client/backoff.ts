/** Trying again, ever more slowly, and not all replicas at the same instant. */

const firstMs = 250
const mostMs = 10_000

export interface Backoff {
  /** How long to wait before the next try. */
  nextMs(): number
  /** It worked: the next wait is short again. */
  reset(): void
}

/** Waits that double up to ten seconds, each shortened by chance to as little as half. */
export function createBackoff(random: () => number = Math.random): Backoff {
  let failures = 0
  return {
    nextMs: () => Math.min(mostMs, firstMs * 2 ** failures++) * (0.5 + random() / 2),
    reset() {
      failures = 0
    },
  }
}
