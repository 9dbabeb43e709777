/**
 * Answers on their way. A client that does not read its answer would hold it, and the budget of its body, for as long
 * as it likes: after a while its connection is closed.
 */

import type { ServerResponse } from 'node:http'

const checkMs = 1000

export interface PendingAnswers {
  /** Follows an answer to its end; then, also where the client is gone already, `done` is called, once. */
  add(response: ServerResponse, done: () => void): void
  /** Follows none any more. */
  close(): void
}

/** Answers that are given `limitMs` to be taken. */
export function createPendingAnswers(limitMs: number): PendingAnswers {
  // In the order of their beginning.
  const begunMs = new Map<ServerResponse, number>()
  const closeSlow = () => {
    const latestMs = performance.now() - limitMs
    for (const [response, beganMs] of begunMs) {
      if (beganMs > latestMs) return
      response.destroy()
    }
  }
  // One for all of them: a timer for each request can be seen in the profile.
  const timer = setInterval(closeSlow, Math.min(checkMs, limitMs)).unref()
  return {
    add(response, done) {
      if (response.destroyed) return done()
      begunMs.set(response, performance.now())
      response.once('close', () => {
        begunMs.delete(response)
        done()
      })
    },
    close: () => clearInterval(timer),
  }
}
