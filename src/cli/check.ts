/** `longhaul check`: what is wrong with long-lived connections in manifests. */

import { Command, Option } from 'commander'
import { platforms } from '../check/platforms.ts'
import { type CheckCall, checkFormats, failOnChoices } from './check-call.ts'
import { CommandError, exitStatus } from './command-error.ts'
import type { Terminal } from './terminal.ts'

/** The command, for the program's list. */
export function checkCommand(terminal: Terminal): Command {
  return new Command('check')
    .summary('find what is wrong with long-lived connections in manifests')
    .description(
      'Finds what is wrong with long-lived connections in manifests: where, why, and how to mend it. Pods are looked at as Longhaul makes them, where they ask for Longhaul.',
    )
    .argument('[path...]', 'files, folders, or - for standard input')
    .option(
      '-n, --namespace <name>',
      'namespace of objects that name none (default: "default"); with --live the one to look at',
    )
    .option('--config <file>', "configuration file, as the webhook's")
    .option('--live', 'look at a namespace of a cluster; it is only read', false)
    .option('--context <name>', 'with --live: context of the kubeconfig (default: the current one)')
    .option('--kubeconfig <file>', 'with --live: kubeconfig (default: as for kubectl)')
    .addOption(
      new Option('--platform <name>', 'where the pods run, for its limits').choices(Object.keys(platforms)),
    )
    .addOption(new Option('-o, --output <format>', 'what to print').choices(checkFormats).default('text'))
    .addOption(
      new Option('--fail-on <severity>', 'exit with status 1 from this severity on')
        .choices(failOnChoices)
        .default('error'),
    )
    .option('--baseline <file>', 'tell only of findings that are not in that file')
    .option('--write-baseline', 'write the findings to the file of --baseline instead of telling them', false)
    .action(async (paths: string[], call: CheckCall) => {
      if (call.writeBaseline && call.baseline === undefined) {
        throw new CommandError('--write-baseline needs --baseline FILE', exitStatus.wrongInput)
      }
      const { checkManifests } = await import('./check-manifests.ts')
      await checkManifests(paths, call, terminal)
    })
}
