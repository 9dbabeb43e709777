/** What is wrong with a setting, or keeps a feature from being applied, in a form that a person can act on. */

import { type Key, keyPrefix } from './settings.ts'

export interface Problem {
  /** The setting's key, without prefix; for an unknown key, that; empty where it is about no single one. */
  key: string
  /** What was written; absent where the setting is fine and something in the pod is in its way. */
  value?: string
  /** `the pod`, `the namespace`, `container "app"`. */
  place: string
  /** `is not a duration` */
  rule: string
  /** `write 60s` */
  fix: string
  /** What happens now: `Using 60s from the defaults.` */
  effect: string
}

/** A problem that a feature meets in the pod itself. */
export function conflict(key: Key, place: string, rule: string, fix: string, effect: string): Problem {
  return { key, place, rule, fix, effect }
}

/** The most problems that are told of one object. */
export const maxProblems = 20

/** At most so many problems, and how many more there are, with so many that are not among them. */
export function boundedProblems(problems: readonly Problem[], untold = 0): readonly Problem[] {
  const more = problems.length + untold - maxProblems
  if (more <= 0) return problems
  const rest = { key: '', place: 'the pod', rule: `has ${more} more problems`, fix: 'mend these first' }
  return [...problems.slice(0, maxProblems), { ...rest, effect: '' }]
}

/** How a container is named in problems. */
export function containerPlace(name: string): string {
  return `container "${printable(name, 63)}"`
}

/** One sentence or two: key, value, place, rule, fix, effect. */
export function problemText(problem: Problem): string {
  return `${cause(problem)}${problem.effect === '' ? '' : ` ${problem.effect}`}`
}

function cause({ key, value, place, rule, fix }: Problem): string {
  const written = value === undefined ? place : `${quoted(value)} on ${place}`
  const about = key === '' ? 'longhaul' : `${keyPrefix}${printable(key, 63)}`
  return `${about}: ${written} ${rule}; ${fix}.`
}

/** Longest warning that every client shows whole, and the most in one response, in characters. */
const maxWarningLength = 120
const maxWarningsLength = 4096

/**
 * Problems as admission warnings: at most 120 characters each, 4,096 in all. The API server cuts off longer
 * ones (KEP-1693); here the effect goes first, and the last warning counts those that had no room. The few `notes`,
 * which are no problems, stand before them.
 */
export function warnings(problems: readonly Problem[], notes: readonly string[] = []): string[] {
  const noted = notes.map(note => printable(`longhaul: ${note}`, maxWarningLength))
  const room = Math.floor(maxWarningsLength / maxWarningLength) - 1 - noted.length
  const fitting = [...noted, ...problems.slice(0, room).map(warning)]
  const left = problems.length - room
  return left <= 0 ? fitting : [...fitting, `longhaul: ${left} more problems are in Longhaul's log`]
}

function warning(problem: Problem): string {
  const whole = problemText(problem)
  return whole.length <= maxWarningLength ? whole : shorten(cause(problem), maxWarningLength)
}

function shorten(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 3)}...`
}

function quoted(value: string): string {
  return `"${printable(value, 24)}"`
}

/** Shortened, and without control characters, which the API server refuses in a warning. */
export function printable(text: string, maxLength: number): string {
  return shorten(text.slice(0, maxLength + 1).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?'), maxLength)
}
