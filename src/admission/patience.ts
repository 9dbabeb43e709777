/** What takes too long is given up. One timer looks after all of it: one for each request can be seen in the profile. */

const checkMs = 1000

export interface Patience {
  /** Calls `giveUp`, at the first look after the time is over, unless what this gives is called before. */
  wait(giveUp: () => void): () => void
  /** Gives up nothing any more. */
  close(): void
}

interface Wait {
  giveUp(): void
  beganMs: number
  /** Its place among all. */
  index: number
}

/** Patience of `limitMs` for each thing that is waited for. */
export function createPatience(limitMs: number): Patience {
  // No Map or Set: V8 replaces its table over and over, and one that was replaced leads to the next. So once one has come
  // to the old generation, all that was ever waited for since stays in memory until the whole heap is collected.
  const waits: Wait[] = []
  /** False where it is not among them any more. */
  const remove = (wait: Wait): boolean => {
    if (waits[wait.index] !== wait) return false
    const last = waits.pop() as Wait
    if (last !== wait) {
      last.index = wait.index
      waits[last.index] = last
    }
    return true
  }
  const giveUpLate = () => {
    const latestMs = performance.now() - limitMs
    const late = waits.filter(({ beganMs }) => beganMs <= latestMs)
    for (const wait of late) if (remove(wait)) wait.giveUp()
  }
  const timer = setInterval(giveUpLate, Math.min(checkMs, limitMs)).unref()
  return {
    wait(giveUp) {
      const wait = { giveUp, beganMs: performance.now(), index: waits.length }
      waits.push(wait)
      return () => void remove(wait)
    },
    close: () => clearInterval(timer),
  }
}
