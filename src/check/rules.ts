/** All rules, in the order of their ids. */

import type { Rule } from './rule.ts'
import { graceBelowPreStop } from './rules/lh001-grace-below-prestop.ts'
import { publishNotReady } from './rules/lh009-publish-not-ready.ts'

export const rules: readonly Rule[] = [graceBelowPreStop, publishNotReady]
