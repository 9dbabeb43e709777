/** When what is held of a body is let go. */

import type { ServerResponse } from 'node:http'
import type { Body } from './bodies.ts'
import type { Patience } from './patience.ts'

/**
 * Releases a body once its answer is gone. A client that does not take the answer would hold it, and the body's share of the
 * budget, for as long as it likes: its connection is closed.
 */
export function releaseAfter(response: ServerResponse, { release }: Body, patience: Patience): void {
  // The client may be gone already.
  if (response.destroyed) {
    release()
    return
  }
  const stopWaiting = patience.wait(() => response.destroy())
  response.once('close', () => {
    stopWaiting()
    release()
  })
}
