/** Settings of a pod that change nothing, since another one that they need is off. */

import type { Policy } from './levels.ts'
import { conflict, type Problem } from './problems.ts'
import { isKey, keyPrefix, keys, settingOf } from './settings.ts'

/**
 * A problem for each setting that the pod's own annotations hold in vain. It names no value: a namespace or a profile may have
 * switched off what the setting needs, and then nobody made a mistake that a strict configuration should deny.
 */
export function withoutEffect(
  { values, sources }: Pick<Policy, 'values' | 'sources'>,
  pod: string,
): Problem[] {
  return keys.flatMap(key => {
    const { needs } = settingOf(key)
    if (needs === undefined || !isKey(needs.key) || sources[key] !== pod || asksForNothing(values[key]))
      return []
    const present = values[needs.key]
    if (typeof present !== 'string' || !needs.not.includes(present)) return []
    const { example, default: standard } = settingOf(needs.key)
    const rule = `has it though ${needs.key} is ${present}`
    const fix = `write ${keyPrefix}${needs.key}: ${example ?? standard}`
    return [conflict(key, pod, rule, fix, 'It has no effect.')]
  })
}

function asksForNothing(value: unknown): boolean {
  return value === 'off' || value === 'auto'
}
