/** Which item of a changed list was which before. */

/**
 * For each item after, its index before: the same value where it is there, else the first one of its name that is left,
 * or, without a name, the one at its index. Undefined for what is new. No index comes twice.
 */
export function matchItems(before: readonly unknown[], after: readonly unknown[]): (number | undefined)[] {
  const same = queues(before, value => value)
  const kept = after.map(value => same.get(value)?.shift())
  const used = new Set(kept)
  const named = queues(before, nameOf, index => !used.has(index))
  return after.map((value, index) => {
    if (kept[index] !== undefined) return kept[index]
    if (nameOf(value) !== undefined) return named.get(nameOf(value))?.shift()
    return index < before.length && !used.has(index) ? index : undefined
  })
}

/** The indices at which each key stands, in order. */
function queues(
  items: readonly unknown[],
  keyOf: (item: unknown) => unknown,
  isTaken: (index: number) => boolean = () => true,
): Map<unknown, number[]> {
  const found = new Map<unknown, number[]>()
  for (const [index, item] of items.entries()) {
    if (!isTaken(index)) continue
    const queue = found.get(keyOf(item))
    if (queue === undefined) found.set(keyOf(item), [index])
    else queue.push(index)
  }
  return found
}

function nameOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (value as { name?: unknown }).name : undefined
}
