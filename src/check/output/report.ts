/** What is printed, in any format, and what formats share. */

import { relative, sep } from 'node:path'
import { keyPrefix } from '../../policy/settings.ts'
import type { Finding } from '../findings.ts'
import type { Rule, Step } from '../rule.ts'

export interface Report {
  findings: readonly Finding[]
  /** How many objects were looked at. */
  objectCount: number
  /** How many findings more annotations suppress. */
  suppressedCount: number
  /** How many more are in the baseline. */
  knownCount: number
  /** The folder that paths are relative to in what other programs read. */
  root: string
}

/** The path of a finding's file from the root, with slashes on every system; that of standard input is its name. */
export function relativeFile({ at: { document } }: Finding, { root }: Report): string {
  const path = relative(root, document.file)
  return (path === '' ? document.file : path).replaceAll(sep, '/')
}

/** `longhaul.dev/grace-period: 60s`; undefined where no setting mends it. */
export function settingText({ setting }: Rule): string | undefined {
  return setting === undefined ? undefined : `${keyPrefix}${setting.key}: ${setting.value}`
}

/** The fix in a line, with the setting. */
export function fixText({ fix, rule }: Finding): string {
  const setting = settingText(rule)
  return setting === undefined ? fix : `${fix} By Longhaul: ${setting}`
}

/** `spec.containers[chat].ports[0]` */
export function fieldText(path: readonly Step[]): string {
  return path.map(stepText).join('').replace(/^\./, '')
}

function stepText(step: Step): string {
  if (typeof step === 'string') return `.${step}`
  return `[${typeof step === 'number' ? step : step.name}]`
}
