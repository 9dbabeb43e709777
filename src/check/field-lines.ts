/** Lines of fields in their file. */

import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { ManifestDocument } from '../manifests/documents.ts'
import { parseOptions } from '../manifests/yaml-reading.ts'
import type { Step } from './rule.ts'

/** Gives the line of the file on which a field begins, by its key; of the nearest above it where it is absent. */
export type FieldLine = (path: readonly Step[]) => number

/** Reads the document anew, which is for those that have findings. */
export function fieldLines(document: ManifestDocument): FieldLine {
  const lineCounter = new LineCounter()
  const parsed = parseDocument(document.readableText, { ...parseOptions, lineCounter })
  return path => {
    let at: unknown = parsed.contents
    let offset = parsed.contents?.range?.[0] ?? 0
    for (const step of path) {
      const next = child(isAlias(at) ? at.resolve(parsed) : at, step)
      if (next === undefined) break
      ;({ value: at, offset } = next)
    }
    return document.textLine - 1 + lineCounter.linePos(offset).line
  }
}

function child(node: unknown, step: Step): { value: unknown; offset: number } | undefined {
  if (isSeq(node)) {
    const item =
      typeof step === 'object' ? node.items.find(each => isNamed(each, step.name)) : node.get(step, true)
    return isNode(item) ? { value: item, offset: offsetOf(item) } : undefined
  }
  if (!isMap(node)) return undefined
  const pair = node.items.find(({ key }) => isScalar(key) && key.value === step)
  return pair === undefined ? undefined : { value: pair.value, offset: offsetOf(pair.key as Node) }
}

function isNamed(item: unknown, name: string): boolean {
  return isMap(item) && item.get('name') === name
}

function offsetOf({ range }: Node): number {
  return range?.[0] ?? 0
}
