/** All rules, in the order of their ids. */

import type { Rule } from './rule.ts'
import { graceBelowPreStop } from './rules/lh001-grace-below-prestop.ts'
import { graceNoRoom } from './rules/lh002-grace-no-room.ts'
import { execSleepWithoutShell } from './rules/lh003-exec-sleep-without-shell.ts'
import { noPreStop } from './rules/lh004-no-prestop.ts'
import { graceOverAutoscaler } from './rules/lh005-grace-over-autoscaler.ts'
import { graceOverKarpenter } from './rules/lh006-grace-over-karpenter.ts'
import { graceOverSpot } from './rules/lh007-grace-over-spot.ts'
import { graceOverPlatform } from './rules/lh008-grace-over-platform.ts'
import { publishNotReady } from './rules/lh009-publish-not-ready.ts'
import { noReadiness } from './rules/lh010-no-readiness.ts'
import { probesIdentical } from './rules/lh011-probes-identical.ts'
import { livenessWaitsForHook } from './rules/lh012-liveness-waits-for-hook.ts'
import { recreateWithDrain } from './rules/lh013-recreate-with-drain.ts'
import { surgeUnaccounted } from './rules/lh014-surge-unaccounted.ts'
import { orderedStatefulSet } from './rules/lh015-ordered-statefulset.ts'
import { progressDeadline } from './rules/lh016-progress-deadline.ts'
import { pdbMissing } from './rules/lh017-pdb-missing.ts'
import { pdbBlocks } from './rules/lh018-pdb-blocks.ts'
import { hpaFlaps } from './rules/lh019-hpa-flaps.ts'
import { affinityClientIp } from './rules/lh020-affinity-client-ip.ts'
import { lbDeregistration } from './rules/lh021-lb-deregistration.ts'
import { trafficPolicyLocal } from './rules/lh022-traffic-policy-local.ts'
import { ingressTimeouts } from './rules/lh023-ingress-timeouts.ts'
import { shellAsPid1 } from './rules/lh024-shell-as-pid-1.ts'
import { idleOverPath } from './rules/lh025-idle-over-path.ts'
import { localStorageDrain } from './rules/lh026-local-storage-drain.ts'
import { meshProxyEndsFirst } from './rules/lh027-mesh-proxy-ends-first.ts'

export const rules: readonly Rule[] = [
  graceBelowPreStop,
  graceNoRoom,
  execSleepWithoutShell,
  noPreStop,
  graceOverAutoscaler,
  graceOverKarpenter,
  graceOverSpot,
  graceOverPlatform,
  publishNotReady,
  noReadiness,
  probesIdentical,
  livenessWaitsForHook,
  recreateWithDrain,
  surgeUnaccounted,
  orderedStatefulSet,
  progressDeadline,
  pdbMissing,
  pdbBlocks,
  hpaFlaps,
  affinityClientIp,
  lbDeregistration,
  trafficPolicyLocal,
  ingressTimeouts,
  shellAsPid1,
  idleOverPath,
  localStorageDrain,
  meshProxyEndsFirst,
]
