/** Where each value of a YAML text stands, and on which line. */

import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'

export interface Places {
  /**
   * Values by place, such as `/spec/containers/[app]/image`: items of lists go by their names, which they keep
   * while others are added.
   */
  values: ReadonlyMap<string, unknown>
  /** The place that each line begins; a line that only goes on has that of the line before. */
  byLine: readonly string[]
}

/** The value of every map and list: what differs in them has a place of its own. */
export const branch = Symbol('map or list')

export function readPlaces(text: string): Places {
  const counter = new LineCounter()
  const values = new Map<string, unknown>()
  const starts: string[] = []
  const walk = (node: unknown, place: string, start: unknown) => {
    const offset = (start as Node | null)?.range?.[0]
    if (offset !== undefined) starts[counter.linePos(offset).line - 1] = place
    values.set(place, isScalar(node) ? node.value : branch)
    for (const { step, key, value } of childrenOf(node)) walk(value, `${place}/${step}`, key)
  }
  walk(parseDocument(text, { lineCounter: counter }).contents, '', undefined)
  let last = ''
  const byLine = text.split('\n').map((_, line) => {
    last = starts[line] ?? last
    return last
  })
  return { values, byLine }
}

interface Child {
  step: string
  /** The node at which the child begins. */
  key: unknown
  value: unknown
}

function childrenOf(node: unknown): Child[] {
  if (isMap(node)) {
    return node.items.map(({ key, value }) => ({ step: String(isScalar(key) ? key.value : key), key, value }))
  }
  if (!isSeq(node)) return []
  const names = node.items.map(item => (isMap(item) ? item.get('name') : undefined))
  return node.items.map((item, index) => ({ step: stepOf(names, index), key: item, value: item }))
}

/** The name where it is the only one in its list, else the number. */
function stepOf(names: readonly unknown[], index: number): string {
  const name = names[index]
  const isUnique = typeof name === 'string' && names.indexOf(name) === names.lastIndexOf(name)
  return isUnique ? `[${name}]` : String(index)
}
