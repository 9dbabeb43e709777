import { setTimeout as delay } from 'node:timers/promises'

const pollMs = 50

/** Waits until a condition holds; one that fails counts as one that doesn't. Rejects when the time has passed. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs
  let failure: unknown
  const holds = async () => {
    try {
      return await condition()
    } catch (error) {
      failure = error
      return false
    }
  }
  while (!(await holds())) {
    if (performance.now() > deadlineMs) {
      throw new Error(`not after ${timeoutMs / 1000} seconds: ${what}`, { cause: failure })
    }
    await delay(pollMs)
  }
}
