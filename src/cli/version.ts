/** `longhaul version` */

import { Command } from 'commander'
import { commit, version } from '../version.ts'
import type { Terminal } from './terminal.ts'

/** The command, for the program's list. */
export function versionCommand({ stdout }: Terminal): Command {
  return new Command('version')
    .summary('print version and commit')
    .description('Prints version and commit.')
    .action(() => void stdout.write(`longhaul ${version} (${commit})\n`))
}
