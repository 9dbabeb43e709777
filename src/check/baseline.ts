/** The findings of a repository as it was, in a file: only what comes on top is told of. */

import { shapeCheck } from '../policy/json-schema.ts'
import { findingKey } from './finding-key.ts'
import type { Finding } from './findings.ts'

/** How often each finding is there, by its key. */
export type Baseline = ReadonlyMap<string, number>

const version = 1
const check = shapeCheck({
  type: 'object',
  properties: {
    version: { enum: [version] },
    findings: { type: 'object', additionalProperties: { type: 'integer', minimum: 1 } },
  },
  required: ['version', 'findings'],
})

/** The text of a file that takes these findings for known, in an order that makes differences small. */
export function baselineText(findings: readonly Finding[]): string {
  const counts = [...countedKeys(findings)].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `${JSON.stringify({ version, findings: Object.fromEntries(counts) }, undefined, 2)}\n`
}

/** The baseline of a file's text; or what is wrong with it. */
export function readBaseline(text: string): Baseline | { mistake: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { mistake: `is not JSON: ${(error as Error).message}` }
  }
  const [first] = check(value)
  if (first !== undefined) {
    return { mistake: `is no baseline: ${['it', ...first.path].join('.')} ${first.rule}` }
  }
  return new Map(Object.entries((value as { findings: Record<string, number> }).findings))
}

/** The findings that are not in a baseline, and how many of it are gone. */
export function beyondBaseline(
  findings: readonly Finding[],
  baseline: Baseline,
): { findings: Finding[]; goneCount: number } {
  const left = new Map(baseline)
  const beyond = findings.filter(each => {
    const key = findingKey(each)
    const count = left.get(key) ?? 0
    left.set(key, count - 1)
    return count <= 0
  })
  const goneCount = [...left.values()].reduce((sum, count) => sum + Math.max(0, count), 0)
  return { findings: beyond, goneCount }
}

function countedKeys(findings: readonly Finding[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const each of findings) {
    const key = findingKey(each)
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}
