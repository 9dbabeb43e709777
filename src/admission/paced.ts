/** What anyone can cause must not fill the log: a line at once, and then at most one a minute. */

const pauseMs = 60_000

/** A function that says something, with how often it was called since it was said last, or only counts. */
export function paced<About extends readonly unknown[]>(
  say: (times: number, ...about: About) => void,
  nowMs: () => number = () => performance.now(),
): (...about: About) => void {
  let saidMs = Number.NEGATIVE_INFINITY
  let unsaid = 0
  return (...about) => {
    unsaid += 1
    if (nowMs() - saidMs < pauseMs) return
    say(unsaid, ...about)
    saidMs = nowMs()
    unsaid = 0
  }
}
