/**
 * How soon a bundle is repaired again that somebody else keeps changing. Two parties that claim it, such as Longhaul
 * and cert-manager's injector, would otherwise write by turns for ever, and every API server reload its webhooks.
 */

const firstGapMs = 500
const mostGapMs = 60_000

/** After this time without a repair the quarrel is over. */
const calmMs = 5 * 60_000

export interface RepairPace {
  /** False where the last repair was too short a while ago. */
  allows(nowMs: number): boolean
  repaired(nowMs: number): void
}

/** Lets the first repair happen at once; the gap after each doubles, from half a second to a minute. */
export function createRepairPace(): RepairPace {
  let repairs = 0
  let lastMs = 0
  return {
    allows(nowMs) {
      const sinceMs = nowMs - lastMs
      // A clock that was put back tells nothing.
      if (sinceMs < 0 || sinceMs > calmMs) repairs = 0
      return repairs === 0 || sinceMs >= Math.min(mostGapMs, firstGapMs * 2 ** (repairs - 1))
    },
    repaired(nowMs) {
      repairs++
      lastMs = nowMs
    },
  }
}
