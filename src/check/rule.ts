/**
 * What a rule of `longhaul check` is. To add one: a file in rules/ that exports a Rule with an example of each kind, a
 * line in rules.ts, and `npm run docs`. test/check/rules.test.ts runs the examples.
 */

import type { Key } from '../policy/settings.ts'
import type { CheckedInput, CheckedObject } from './input/input.ts'
import type { Platform } from './platforms.ts'

/** From the gravest. */
export const severities = ['error', 'warning', 'note'] as const

export type Severity = (typeof severities)[number]

export interface Rule {
  /** `LH001`; it never changes its meaning. */
  id: string
  /** `grace-below-prestop` */
  name: string
  severity: Severity
  /** What is wrong, in a sentence. */
  wrong: string
  /** Why that is wrong, in a sentence or two. */
  why: string
  /** Address of what `why` rests on. */
  source: string
  /** What to do, in a sentence. */
  fix: string
  /** The setting of Longhaul that mends it, as it is written, where one does. */
  setting?: RuleSetting
  examples: Examples
  find(input: CheckedInput, options: RuleOptions): Iterable<Found>
}

export interface RuleSetting {
  key: Key
  /** An example. */
  value: string
}

export interface RuleOptions {
  /** Where the pods run; undefined where nobody said. */
  platform?: Platform
}

/** Manifests; the comment `# <- LH001` marks the lines that the rule finds in the bad ones. */
export interface Examples {
  bad: string
  good: string
  platform?: Platform
}

/** A step to a field: its name, an index, or an item of a list by its name. */
export type Step = string | number | { name: string }

/** What a rule found. */
export interface Found {
  at: CheckedObject
  /** To the field that is wrong, from the object; where nothing stands there, the nearest above it counts. */
  path: readonly Step[]
  /** What is wrong with this one, in a sentence that names its values. */
  message: string
  /** A fix with this one's values, in place of the rule's. */
  fix?: string
}
