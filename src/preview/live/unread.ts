/** What people with few rights can't read, and what can't be told without it. */

import type { Decision } from '../../mutation/decide.ts'
import type { Problem } from '../../policy/problems.ts'

const names = { labels: "the namespace's labels", configuration: "Longhaul's configuration" } as const

export type Unread = keyof typeof names

/** Why there is no comparison: `can't be compared without …`. */
export function incomparable(unread: readonly Unread[]): string {
  return `can't be compared without ${unread.map(each => names[each]).join(' and ')}`
}

/** What would have to be known for a decision to be certain; the pod itself always is. */
export function restsOn({ mutation }: Decision): readonly Unread[] {
  if (mutation.outcome !== 'skipped') return ['labels', 'configuration']
  if (mutation.reason === 'not-asked') return ['labels']
  return mutation.reason === 'excluded-namespace' ? ['configuration'] : []
}

/**
 * Whether a problem is there whatever stands in what was not read: what features meet depends on the settings in
 * effect, and a profile may be one of the configuration's own.
 */
export function isCertain({ key, value }: Problem, unread: readonly Unread[]): boolean {
  if (unread.length === 0) return true
  return value !== undefined && !(key === 'profile' && unread.includes('configuration'))
}
