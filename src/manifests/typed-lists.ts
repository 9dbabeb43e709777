/** Lists of one kind, such as PodList, whose items an API server, and what is written in Go, leaves without theirs. */

import { isKubernetesObject } from './workloads.ts'

const suffix = 'List'

/** The value with the kind and apiVersion that kubectl takes the items of such lists to have; the same one without any. */
export function withItemKinds(value: unknown): unknown {
  if (!isKubernetesObject(value) || !value.kind.endsWith(suffix) || !Array.isArray(value['items']))
    return value
  const kind = value.kind.slice(0, -suffix.length)
  const items: unknown[] = value['items']
  const typed = items.map(item =>
    kind === '' ? withItemKinds(item) : typedItem(item, value.apiVersion, kind),
  )
  return typed.some((item, index) => item !== items[index]) ? { ...value, items: typed } : value
}

function typedItem(item: unknown, apiVersion: string, kind: string): unknown {
  if (typeof item !== 'object' || item === null || isKubernetesObject(item)) return item
  const { apiVersion: _, kind: __, ...fields } = item as Record<string, unknown>
  return { apiVersion, kind, ...fields }
}
