/** Waiting that something may cut short. */

import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'

export interface Bell {
  /** Ends a wait now, or the next one as soon as it begins. */
  ring(): void
  /** Waits so long, or until somebody rings, or has rung since the last wait; or it is time to stop. */
  wait(milliseconds: number, stop: AbortSignal): Promise<void>
}

export function createBell(): Bell {
  const target = new EventTarget()
  let hasRung = false
  return {
    ring() {
      hasRung = true
      target.dispatchEvent(new Event('ring'))
    },
    async wait(milliseconds, stop) {
      if (!hasRung) await ringOrDelay(target, milliseconds, stop)
      hasRung = false
    },
  }
}

async function ringOrDelay(target: EventTarget, milliseconds: number, stop: AbortSignal): Promise<void> {
  const over = new AbortController()
  const signal = AbortSignal.any([stop, over.signal])
  const waits = [once(target, 'ring', { signal }), delay(milliseconds, undefined, { signal })]
  // Rejected when it is time to stop.
  await Promise.race(waits).catch(() => {})
  over.abort()
  await Promise.allSettled(waits)
}
