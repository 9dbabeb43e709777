/** `longhaul connections`: what tells whether the connections of workloads are protected, stale, or hold back a drain. */

import { Command, Option } from 'commander'
import type { PeerChoice } from '../../fleet/peer-choice.ts'
import { readPeer } from '../../fleet/peer-choice.ts'
import type { Terminal } from '../terminal.ts'
import { addPodsOptions, checkPodsCall, optionReader, type PodsCall, readDuration } from './pods-option.ts'

export const outputs = ['table', 'wide', 'json'] as const

export interface ConnectionsCall extends PodsCall {
  to?: PeerChoice
  /** Milliseconds. */
  idleFor?: number
  withoutKeepalive: boolean
  by?: 'peer'
  watch: boolean
  output: (typeof outputs)[number]
}

/** The command, for the program's list. */
export function connectionsCommand(terminal: Terminal): Command {
  const command = new Command('connections')
    .summary('list the connections of workloads')
    .description(
      'Lists the connections of the pods of workloads: protected by keepalive or not, idle, stale, in the way of a drain.',
    )
    .argument('[target...]', 'workloads, such as deployment/chat, sts/db, pod/chat-0')
  return addPodsOptions(command)
    .option(
      '--to <peer>',
      'only those with this peer: ADDRESS[/PREFIX][:PORT[-PORT]], IPv6 with a port as [ADDRESS]:PORT',
      optionReader(readPeer),
    )
    .option('--idle-for <duration>', 'only those without data for that long, both ways', readDuration)
    .option('--without-keepalive', 'only those known to have no keepalive', false)
    .addOption(new Option('--by <what>', 'a line for each peer').choices(['peer']))
    .addOption(new Option('-o, --output <format>', 'what to print').choices(outputs).default('table'))
    .option('-w, --watch', 'again and again, until it is interrupted', false)
    .action(async (targets: string[], call: ConnectionsCall) => {
      checkPodsCall(targets, call)
      const { listConnections } = await import('./list-connections.ts')
      await listConnections(targets, call, terminal)
    })
}
