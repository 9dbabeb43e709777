/** Settings of a pod that change nothing, or little, since another one that they need is off. */

import type { Policy } from './levels.ts'
import { conflict, type Problem } from './problems.ts'
import {
  formatValue,
  isKey,
  type Key,
  keyPrefix,
  keys,
  type Need,
  settingOf,
  type Values,
} from './settings.ts'

/**
 * A problem for each setting that the pod's own annotations hold in vain. It names no value: a namespace or a profile may have
 * switched off what the setting needs, and then nobody made a mistake that a strict configuration should deny.
 */
export function withoutEffect(
  { values, sources }: Pick<Policy, 'values' | 'sources'>,
  pod: string,
): Problem[] {
  return keys.flatMap(key => {
    if (sources[key] !== pod || asksForNothing(values[key])) return []
    const unmet = settingOf(key).needs?.find(need => !isMet(need, values))
    return unmet === undefined ? [] : [inVain(key, unmet, values, pod)]
  })
}

function isMet({ key, not }: Need, values: Values): boolean {
  const present = isKey(key) ? values[key] : undefined
  return typeof present !== 'string' || !not.includes(present)
}

function inVain(key: Key, need: Need, values: Values, pod: string): Problem {
  const needed = need.key as Key
  const { example, default: standard } = settingOf(needed)
  const rule = `has it though ${needed} is ${formatValue(needed, values[needed])}`
  const fix = `write ${keyPrefix}${needed}: ${example ?? standard}`
  return conflict(key, pod, rule, fix, need.otherwise ?? 'It has no effect.')
}

function asksForNothing(value: unknown): boolean {
  return value === 'off' || value === 'auto'
}
