/** A call of `longhaul check`. */

import type { Platform } from '../check/platforms.ts'
import type { Severity } from '../check/rule.ts'

export const failOnChoices = ['error', 'warning', 'note', 'never'] as const

export const checkFormats = ['text', 'json', 'sarif', 'github', 'junit'] as const

export interface CheckCall {
  output: (typeof checkFormats)[number]
  /** `default`; with --live that of the context. */
  namespace?: string
  live: boolean
  context?: string
  kubeconfig?: string
  config?: string
  platform?: Platform
  baseline?: string
  writeBaseline: boolean
  failOn: Severity | 'never'
}
