/** Runs `longhaul connections`. */

import { setTimeout as delay } from 'node:timers/promises'
import { printJson } from '../../fleet/connections/print-json.ts'
import { printPeers } from '../../fleet/connections/print-peers.ts'
import { printTable, printWideTable } from '../../fleet/connections/print-table.ts'
import { type Survey, surveyPods } from '../../fleet/connections/survey.ts'
import { type Format, forPeople, forPrograms } from '../../preview/printable.ts'
import { CommandError, exitStatus } from '../command-error.ts'
import { screenOf, type Terminal } from '../terminal.ts'
import type { ConnectionsCall } from './connections.ts'
import { type OpenFleet, reportLeftOut, withFleet } from './open-fleet.ts'

const formats: Readonly<Record<ConnectionsCall['output'], Format<Survey>>> = {
  table: forPeople(printTable),
  wide: forPeople(printWideTable),
  json: forPrograms(printJson),
}

const watchMs = 2000
/** Clears a terminal, and goes to its upper left corner. */
const clear = '\u001B[2J\u001B[H'

/** Lists once, or until it is interrupted. Throws a CommandError where a pod could not be looked into. */
export async function listConnections(
  targets: readonly string[],
  call: ConnectionsCall,
  terminal: Terminal,
): Promise<void> {
  await withFleet(targets, call, terminal, async fleet => {
    do await listOnce(fleet, call, terminal)
    while (call.watch && (await pause(fleet.stop)))
  })
}

async function listOnce(fleet: OpenFleet, call: ConnectionsCall, terminal: Terminal): Promise<void> {
  const { to, idleFor: idleForMs, withoutKeepalive, watch, output, by } = call
  const choice = { ...(to && { to }), ...(idleForMs && { idleForMs }), withoutKeepalive }
  const survey = await surveyPods(fleet, await fleet.findPods(), choice)
  if (fleet.stop.aborted && watch) return
  if (fleet.stop.aborted) throw new CommandError('interrupted', exitStatus.failed)
  const format = by === 'peer' && output !== 'json' ? forPeople(printPeers) : formats[output]
  const screen = screenOf(terminal)
  terminal.stdout.write(`${watch && screen.isTerminal ? clear : ''}${format(survey, screen)}`)
  report(survey, watch, terminal)
}

/** While it watches, what fails may work the next time. */
function report({ leftOut }: Survey, isWatching: boolean, terminal: Terminal): void {
  reportLeftOut(isWatching ? leftOut.map(each => ({ ...each, isFailure: false })) : leftOut, terminal)
}

/** False where it is interrupted. */
async function pause(stop: AbortSignal): Promise<boolean> {
  await delay(watchMs, undefined, { signal: stop }).catch(() => {})
  return !stop.aborted
}
