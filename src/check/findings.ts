/** The rules, run over the objects of manifests. */

import type { Plan } from '../preview/plan.ts'
import { type FieldLine, fieldLines } from './field-lines.ts'
import { type CheckedObject, checkedInput } from './input/input.ts'
import type { Found, Rule, RuleOptions } from './rule.ts'
import { rules } from './rules.ts'

export interface Finding extends Found {
  rule: Rule
  /** Line of the file, counted from 1. */
  line: number
  fix: string
}

export interface CheckOptions extends RuleOptions {
  /** The namespace of objects that name none. */
  namespace: string
}

/** All findings, in the order of the input: by document, then object, then line. */
export function findingsOf(plan: Plan, { namespace, ...options }: CheckOptions): Finding[] {
  const input = checkedInput(plan, namespace)
  const found = rules.flatMap(rule =>
    [...rule.find(input, options)].map(each => ({ fix: rule.fix, ...each, rule })),
  )
  return inOrder(found.map(withLine()), plan)
}

/** Each document is read once. */
function withLine() {
  const lines = new Map<object, FieldLine>()
  return (found: Omit<Finding, 'line'>): Finding => {
    const { document, path } = found.at
    const line = lines.get(document) ?? fieldLines(document)
    lines.set(document, line)
    return { ...found, line: line([...path.map(asStep), ...found.path]) }
  }
}

/** Paths of objects within Lists hold their indexes as text. */
function asStep(step: string): string | number {
  return /^\d+$/.test(step) ? Number(step) : step
}

function inOrder(findings: readonly Finding[], { documents }: Plan): Finding[] {
  const places = new Map(documents.map((document, index) => [document, index]))
  const place = ({ at }: Finding) => places.get(at.document) ?? 0
  return findings.toSorted(
    (a, b) => place(a) - place(b) || indexInList(a.at) - indexInList(b.at) || a.line - b.line,
  )
}

function indexInList({ path }: CheckedObject): number {
  return Number(path.at(-1) ?? 0)
}
