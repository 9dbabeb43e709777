/** All experiments, in the order in which they run. */

import type { Experiment } from './experiment.ts'
import { rollout } from './rollout.ts'
import { silentDeath } from './silent-death.ts'

export const experiments: readonly Experiment[] = [silentDeath, rollout]
