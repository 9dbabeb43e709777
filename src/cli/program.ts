/** The command line as a whole: `longhaul preview | check | connections | serve | agent | version`. */

import { Command, CommanderError } from 'commander'
import { ClusterError } from '../cluster/client/cluster-error.ts'
import { InputError } from '../manifests/input-error.ts'
import { ConfigError } from '../policy/config-error.ts'
import { printableText } from '../preview/printable.ts'
import { version } from '../version.ts'
import { agentCommand } from './agent.ts'
import { checkCommand } from './check.ts'
import { CommandError, exitStatus } from './command-error.ts'
import { completeCommand, completionCommand } from './completion/completion.ts'
import { connectionsCommand } from './fleet/connections.ts'
import { hangupCommand } from './fleet/hangup.ts'
import { previewCommand } from './preview.ts'
import { serveCommand } from './serve.ts'
import type { Terminal } from './terminal.ts'
import { versionCommand } from './version.ts'

const otherGroup = 'Other:'

/** By what people do, as help shows them. */
const commandGroups: Readonly<Record<string, readonly ((terminal: Terminal) => Command)[]>> = {
  'Look before:': [previewCommand, checkCommand],
  'Look and act in a cluster:': [connectionsCommand, hangupCommand],
  'Run:': [serveCommand, agentCommand],
  [otherGroup]: [completionCommand, versionCommand],
}

/** Runs a call and gives its exit status. What goes wrong is said on stderr. Help shows the name. */
export async function run(args: readonly string[], terminal: Terminal, name = 'longhaul'): Promise<number> {
  try {
    await program(terminal, name).parseAsync(args, { from: 'user' })
    return exitStatus.done
  } catch (error) {
    return report(error, terminal)
  }
}

function program(terminal: Terminal, name: string): Command {
  const longhaul = new Command(name)
    .description(
      'Keeps long-lived TCP connections healthy on Kubernetes, without a change to the application.',
    )
    .version(version, '--version')
    .showHelpAfterError('(--help tells more)')
    .commandsGroup(otherGroup)
    .helpCommand('help [command]', 'show how to use it')
  for (const [group, commands] of Object.entries(commandGroups)) {
    for (const create of commands) {
      longhaul.addCommand(create(terminal).helpGroup(group).copyInheritedSettings(longhaul))
    }
  }
  longhaul.addCommand(completeCommand(terminal), { hidden: true })
  for (const command of [longhaul, ...longhaul.commands]) {
    command.exitOverride().configureOutput({
      writeOut: text => void terminal.stdout.write(text),
      writeErr: text => void terminal.stderr.write(printableText(text)),
    })
  }
  return longhaul
}

function report(error: unknown, { stderr }: Terminal): number {
  // Commander has printed its own message by now; what it throws after --help has the status 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.done : exitStatus.wrongInput
  const status = statusOf(error)
  if (status !== undefined) {
    stderr.write(`longhaul: ${printableText((error as Error).message).replaceAll('\n', '\nlonghaul: ')}\n`)
    return status
  }
  stderr.write(
    `longhaul: this is a fault of Longhaul, please report it: ${printableText((error as Error).stack ?? String(error))}\n`,
  )
  return exitStatus.failed
}

/** The status for what went wrong outside of Longhaul; undefined for its own faults. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof InputError || error instanceof ConfigError) return exitStatus.wrongInput
  if (error instanceof ClusterError) return exitStatus.failed
  return error instanceof CommandError ? error.status : undefined
}
