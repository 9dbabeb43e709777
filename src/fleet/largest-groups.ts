/** Groups of equals. */

/** The items by a key of theirs, the largest group first. */
export function largestGroups<Item>(items: Iterable<Item>, key: (item: Item) => string): [string, Item[]][] {
  const groups = [...Map.groupBy(items, key)]
  return groups.sort(([, one], [, other]) => other.length - one.length)
}
