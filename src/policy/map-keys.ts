/** Keys of YAML maps that no object of Kubernetes can have. */

import { type Document, isAlias, isCollection, type Node, type Scalar, visit } from 'yaml'

export const unusableKeyRule = "a key of a map can't be a map, a list or null"

/** What a text is, where it has the marks of a Helm template; nothing where it has none. For behind a mistake in it. */
export function templateHint(text: string): string {
  return text.includes('{{')
    ? '; this looks like a Helm template: render it first, for example with helm template'
    : ''
}

/** Where the first key begins that is a map or a list itself, or null; undefined where there is none. */
export function unusableKey(document: Document): number | undefined {
  const anchored = new Map<string, Node>()
  let found: number | undefined
  visit(document, {
    Value(_key, node) {
      if (node.anchor !== undefined) anchored.set(node.anchor, node)
    },
    Pair(_key, { key }) {
      const meant = isAlias(key) ? anchored.get(key.source) : key
      if (!isCollection(meant) && (meant as Scalar | null)?.value !== null) return undefined
      found = (key as Node).range?.[0] ?? 0
      return visit.BREAK
    },
  })
  return found
}
