/** Since when things have been there. */

export interface Since {
  /** What is there now, each with the time since when it has been, without a gap. */
  update(present: readonly string[], nowMs: number): [what: string, sinceMs: number][]
}

/** Remembers it from one update to the next. */
export function createSince(): Since {
  let times = new Map<string, number>()
  return {
    update(present, nowMs) {
      times = new Map(present.map(each => [each, times.get(each) ?? nowMs]))
      return [...times]
    },
  }
}

/** API servers learn of a bundle by a watch, as Longhaul does: after this time all of them have. */
export const settleMs = 3000

/** True once all of some authorities have been published for so long. */
export function haveSettled(
  since: readonly [what: string, sinceMs: number][],
  nowMs: number,
  afterMs = settleMs,
): boolean {
  return since.every(([, sinceMs]) => nowMs - sinceMs >= afterMs)
}
