/** The rules, run over the objects of manifests. */

import { InputError } from '../manifests/input-error.ts'
import { locate } from '../preview/located.ts'
import type { Plan } from '../preview/plan.ts'
import { type FieldLine, fieldLines } from './field-lines.ts'
import { type CheckedObject, checkedInput } from './input/input.ts'
import { outlineMistakes } from './input/shape.ts'
import type { Found, Rule, RuleOptions } from './rule.ts'
import { rules } from './rules.ts'
import { isSuppressed, objectsOf, suppressionNotes } from './suppression.ts'

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

export interface Findings {
  /** In the order of the input: by document, then object, then line. */
  findings: readonly Finding[]
  /** How many more there are that annotations suppress. */
  suppressedCount: number
  /** What is wrong with such annotations, a sentence each. */
  notes: readonly string[]
}

/** Throws an InputError where an object is malformed that rules look at: of all together. */
export function refuseMalformed({ documents }: Plan): void {
  const mistakes = locate(documents).flatMap(outlineMistakes)
  if (mistakes.length > 0) throw new InputError(...mistakes)
}

/** Runs all rules. What is malformed is passed over. */
export function findIn(plan: Plan, { namespace, ...options }: CheckOptions): Findings {
  const input = checkedInput(plan, namespace)
  const found = rules.flatMap(rule =>
    [...rule.find(input, options)].map(each => ({ fix: rule.fix, ...each, rule })),
  )
  const all = inOrder(found.map(withLine()), plan)
  const findings = all.filter(each => !isSuppressed(each))
  return {
    findings,
    suppressedCount: all.length - findings.length,
    notes: suppressionNotes(objectsOf(input), rules),
  }
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
