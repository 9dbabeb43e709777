/** Findings that somebody looked at and left: by an annotation of the object or of its pods, with the reason. */

import { valueAt } from '../manifests/workloads.ts'
import { placeOf, title } from '../preview/located.ts'
import type { Finding } from './findings.ts'
import type { CheckedInput, CheckedObject, CheckedPods } from './input/input.ts'
import type { Rule } from './rule.ts'

/** An annotation is this and the id of a rule; its value is the reason. */
const prefix = 'check.longhaul.dev/'

/** True where the object says why the rule is not for it. */
export function isSuppressed({ at, rule }: Finding): boolean {
  return annotationsOf(at).some(([key, reason]) => key === prefix + rule.id && isReason(reason))
}

/** What is wrong with annotations that are to suppress something, a sentence each. */
export function suppressionNotes(objects: readonly CheckedObject[], rules: readonly Rule[]): string[] {
  const known = new Set(rules.map(({ id }) => prefix + id))
  return objects.flatMap(object =>
    annotationsOf(object).flatMap(([key, reason]) => {
      const where = `${placeOf(object.document)}: ${title(object.object)}: ${key}`
      if (!known.has(key)) return `${where} names no rule.`
      return isReason(reason) ? [] : `${where} needs a reason as its value, and suppresses nothing without.`
    }),
  )
}

/** Those of an object itself, and of its pods. */
function annotationsOf(at: CheckedObject | CheckedPods): [string, unknown][] {
  const template = 'specPath' in at ? valueAt(at.object, at.specPath.slice(0, -1)) : undefined
  return [at.object, template]
    .flatMap(each => Object.entries(valueAt(each, ['metadata', 'annotations']) ?? {}))
    .filter(([key]) => key.startsWith(prefix))
}

function isReason(reason: unknown): boolean {
  return typeof reason === 'string' && reason.trim() !== ''
}

/** Every object that a rule may find something in. */
export function objectsOf(input: CheckedInput): CheckedObject[] {
  return Object.values(input).flat()
}
