/** Which pods a label selector chooses, without a look at every pod for every selector. */

import type { V1LabelSelector, V1LabelSelectorRequirement } from '@kubernetes/client-node'

type Labels = Readonly<Record<string, string>>

interface Labelled {
  namespace: string
  labels: Labels
}

/** Finds those of a namespace that a selector chooses. */
export type Select<Item> = (namespace: string, selector: V1LabelSelector) => readonly Item[]

/**
 * An index by namespace and label: a selector looks only at those that have the rarest of its labels, so that many
 * Services and many pods take linear time, unless they choose each other.
 */
export function selection<Item extends Labelled>(items: readonly Item[]): Select<Item> {
  const byNamespace = Map.groupBy(items, ({ namespace }) => namespace)
  const byLabel = new Map<string, Item[]>()
  for (const item of items) {
    for (const pair of Object.entries(item.labels)) {
      const key = indexKey(item.namespace, pair)
      const known = byLabel.get(key)
      if (known === undefined) byLabel.set(key, [item])
      else known.push(item)
    }
  }
  return (namespace, selector) => {
    const pairs = Object.entries(selector.matchLabels ?? {})
    const groups = pairs.map(pair => byLabel.get(indexKey(namespace, pair)) ?? [])
    const fewest = groups.reduce<readonly Item[]>(
      (least, group) => (group.length < least.length ? group : least),
      byNamespace.get(namespace) ?? [],
    )
    return fewest.filter(({ labels }) => chooses(selector, labels))
  }
}

function indexKey(namespace: string, pair: readonly [string, string]): string {
  return JSON.stringify([namespace, ...pair])
}

function chooses({ matchLabels, matchExpressions }: V1LabelSelector, labels: Labels): boolean {
  const isEqual = Object.entries(matchLabels ?? {}).every(([key, value]) => labels[key] === value)
  return isEqual && (matchExpressions ?? []).every(each => isMet(each, labels))
}

function isMet({ key, operator, values }: V1LabelSelectorRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  if (operator === 'Exists') return value !== undefined
  if (operator === 'DoesNotExist') return value === undefined
  const isListed = value !== undefined && (values ?? []).includes(value)
  return operator === 'In' ? isListed : !isListed
}
