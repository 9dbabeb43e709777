/** Runs `longhaul hangup`. */

import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { counted } from '../../fleet/counted.ts'
import { carryOut, reachableIn } from '../../fleet/hangup/carry-out.ts'
import { type Endings, type HangupRequest, isMissed } from '../../fleet/hangup/ending.ts'
import { planHangup } from '../../fleet/hangup/plan.ts'
import { printDone, printEndingsJson, printPlan } from '../../fleet/hangup/print.ts'
import type { PeerChoice } from '../../fleet/peer-choice.ts'
import { formatDuration } from '../../policy/duration.ts'
import { type Format, forPeople, forPrograms } from '../../preview/printable.ts'
import { CommandError, exitStatus } from '../command-error.ts'
import { screenOf, type Terminal } from '../terminal.ts'
import type { HangupCall } from './hangup.ts'
import { type OpenFleet, reportLeftOut, withFleet } from './open-fleet.ts'
import { createProgress } from './progress.ts'

const plans: Format<Endings> = forPeople(printPlan)
const results: Readonly<Record<HangupCall['output'], Format<Endings>>> = {
  table: forPeople(printDone),
  json: forPrograms(printEndingsJson),
}

/**
 * Shows what is to be hung up, asks, hangs up, and says what became of each connection. Throws a CommandError where one
 * remains, or a pod could not be looked into.
 */
export async function hangUpConnections(
  targets: readonly string[],
  peer: PeerChoice,
  call: HangupCall,
  terminal: Terminal,
): Promise<void> {
  await withFleet(targets, call, terminal, async fleet => {
    const request = { peer, spreadMs: call.spread, ...(call.idleFor && { idleForMs: call.idleFor }) }
    const plan = await planHangup(fleet, await fleet.findPods(), request)
    if (fleet.stop.aborted) throw new CommandError('interrupted; nothing was hung up', exitStatus.failed)
    const endings = await decide(fleet, plan, request, call, terminal)
    report(endings, terminal)
  })
}

/** What has come of the plan: itself, where nothing is to be done, or nobody wants it. */
async function decide(
  fleet: OpenFleet,
  plan: Endings,
  request: HangupRequest,
  call: HangupCall,
  terminal: Terminal,
): Promise<Endings> {
  const screen = screenOf(terminal)
  const count = plan.pods.reduce((sum, each) => sum + reachableIn(each), 0)
  if (call.dryRun || count === 0) {
    terminal.stdout.write(call.output === 'json' ? results.json(plan, screen) : plans(plan, screen))
    return plan
  }
  if (!call.yes) {
    terminal.stderr.write(plans(plan, screen))
    if (!(await isWanted(count, request, fleet.stop, terminal)))
      throw new CommandError('nothing was hung up', exitStatus.failed)
  }
  const progress = createProgress(count, terminal)
  const endings = await carryOut(fleet, plan, request, ({ outcome }) => {
    if (outcome === 'hung-up') progress.add()
  })
  progress.end()
  terminal.stdout.write(results[call.output](endings, screen))
  return endings
}

async function isWanted(
  count: number,
  { spreadMs }: HangupRequest,
  stop: AbortSignal,
  { stdin, stderr }: Terminal,
): Promise<boolean> {
  const spread = spreadMs === 0 ? '' : ` over ${formatDuration(spreadMs)}`
  stderr.write(`Hang up ${counted(count, 'connection')}${spread}? [y/N] `)
  const lines = createInterface({ input: stdin })
  try {
    const [answer] = await Promise.race([once(lines, 'line', { signal: stop }), once(lines, 'close')])
    return /^y(es)?$/i.test(answer ?? '')
  } catch {
    return false
  } finally {
    lines.close()
  }
}

function report({ pods, leftOut }: Endings, terminal: Terminal): void {
  const missedCount = pods.flatMap(({ connections }) => connections.filter(isMissed)).length
  const faults = missedCount === 0 ? [] : [`${counted(missedCount, 'connection')} not reached`]
  reportLeftOut(leftOut, terminal, faults)
}
