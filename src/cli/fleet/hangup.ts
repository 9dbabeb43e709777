/** `longhaul hangup`: the pods of workloads let go of an address, without a restart. */

import { Command, Option } from 'commander'
import { type PeerChoice, readPeerParts } from '../../fleet/peer-choice.ts'
import { CommandError, exitStatus } from '../command-error.ts'
import type { Terminal } from '../terminal.ts'
import { addPodsOptions, checkPodsCall, type PodsCall, readDuration } from './pods-option.ts'

export interface HangupCall extends PodsCall {
  /** Milliseconds. */
  spread: number
  /** Milliseconds. */
  idleFor?: number
  dryRun: boolean
  yes: boolean
  output: 'table' | 'json'
}

/** The command, for the program's list. */
export function hangupCommand(terminal: Terminal): Command {
  const command = new Command('hangup')
    .summary('end connections of workloads')
    .description(
      'Ends the established connections from the pods of workloads to an address, with a FIN, as the programs themselves would: they connect anew. (0.0.0.0/0: any IPv4, ::/0: any IPv6; port 0: any.)',
    )
    .usage('[options] [TARGET...] ADDRESS[/PREFIX] PORT[-PORT]')
    .argument(
      '[what...]',
      'workloads, such as deployment/chat, then the address and the port at the other end',
    )
  return addPodsOptions(command)
    .addOption(
      new Option('--spread <duration>', 'evenly over that time, all pods together')
        .argParser(readDuration)
        .default(0, 'all at once'),
    )
    .option('--idle-for <duration>', 'only those without data for that long, both ways', readDuration)
    .option('--dry-run', 'only show what would be hung up', false)
    .option('-y, --yes', 'without being asked, as scripts need it', false)
    .addOption(
      new Option('-o, --output <format>', 'what to print').choices(['table', 'json']).default('table'),
    )
    .action(async (words: string[], call: HangupCall) => {
      const { targets, peer } = readWords(words)
      checkPodsCall(targets, call)
      checkConsent(call, terminal)
      const { hangUpConnections } = await import('./hang-up-connections.ts')
      await hangUpConnections(targets, peer, call, terminal)
    })
}

function readWords(words: readonly string[]): { targets: string[]; peer: PeerChoice } {
  const [address, ports] = words.slice(-2)
  if (address === undefined || ports === undefined) {
    throw new CommandError('name an address and a port, such as 10.0.0.7 6379', exitStatus.wrongInput)
  }
  return { targets: words.slice(0, -2), peer: readPeerParts(address, ports) }
}

/** Whoever can't be asked has to say it before. */
function checkConsent({ yes, dryRun }: HangupCall, { stdin }: Terminal): void {
  if (yes || dryRun || stdin.isTTY === true) return
  throw new CommandError(
    'there is no terminal to ask on: --yes hangs up without being asked, --dry-run shows what would be hung up',
    exitStatus.wrongInput,
  )
}
