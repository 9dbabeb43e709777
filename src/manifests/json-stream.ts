/** JSON objects one behind the other, as `jq '.items[]'` prints them, and as kubectl reads them. */

import { readJson } from './digits.ts'

/**
 * The texts of the objects, each with the space before it, and all together the whole text; undefined where it is
 * anything else, such as one object, or YAML.
 */
export function splitJsonStream(text: string): string[] | undefined {
  if (!/^\s*\{/.test(text)) return undefined
  const ends = objectEnds(text)
  if (ends.length < 2) return undefined
  const parts = ends.map((end, index) =>
    text.slice(ends[index - 1] ?? 0, index === ends.length - 1 ? undefined : end),
  )
  return parts.every(isJson) ? parts : undefined
}

const brackets: Readonly<Record<string, number>> = { '{': 1, '[': 1, '}': -1, ']': -1 }

/** Where the outermost brackets close, whatever is between them. */
function objectEnds(text: string): number[] {
  const ends: number[] = []
  let depth = 0
  let isInString = false
  for (const { 0: token, index } of text.matchAll(/\\.|["{}[\]]/gs)) {
    if (token === '"') isInString = !isInString
    const step = isInString ? 0 : (brackets[token] ?? 0)
    depth += step
    if (step < 0 && depth === 0) ends.push(index + 1)
  }
  return ends
}

/** True for the text of one JSON value. */
export function isJson(text: string): boolean {
  try {
    parseObject(text)
    return true
  } catch {
    return false
  }
}

/** The value of a part; the first one may begin with a byte order mark. */
export function parseObject(text: string): unknown {
  return readJson(text.replace(/^\uFEFF/, ''))
}
