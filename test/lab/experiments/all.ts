/** All experiments, in the order in which they run. */

import { cost } from './cost.ts'
import { deletion } from './deletion.ts'
import type { Experiment } from './experiment.ts'
import { failover } from './failover.ts'
import { gentleDrain } from './gentle-drain.ts'
import { ownKeepalive } from './own-keepalive.ts'
import { quietResponse } from './quiet-response.ts'
import { rollout } from './rollout.ts'
import { silentDeath } from './silent-death.ts'
import { stampede } from './stampede.ts'
import { transfers } from './transfers.ts'
import { unreachable } from './unreachable.ts'

export const experiments: readonly Experiment[] = [
  silentDeath,
  ownKeepalive,
  quietResponse,
  failover,
  rollout,
  stampede,
  gentleDrain,
  transfers,
  deletion,
  cost,
  unreachable,
]
