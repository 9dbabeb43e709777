/** `longhaul completion`, and `longhaul complete`, which shells ask. */

import { Argument, Command } from 'commander'
import type { Terminal } from '../terminal.ts'
import { completionReply } from './complete.ts'
import { completionScripts } from './scripts.ts'

/** The command, for the program's list. */
export function completionCommand({ stdout }: Terminal): Command {
  return new Command('completion')
    .summary('print what a shell needs to complete calls')
    .description(
      'Prints what a shell needs to complete calls: in bash source <(longhaul completion bash), in zsh the same after compinit, in fish longhaul completion fish | source. kubectl completes kubectl longhaul by itself, where kubectl_complete-longhaul is in the PATH.',
    )
    .addArgument(new Argument('<shell>', 'which one').choices(Object.keys(completionScripts)))
    .action((shell: string) => void stdout.write(completionScripts[shell] ?? ''))
}

/** The command that the scripts, and kubectl, call; not for people, and in no help. */
export function completeCommand({ stdout }: Terminal): Command {
  return new Command('complete').argument('[word...]').action((words: string[], _, command: Command) => {
    const program = command.parent ?? command
    stdout.write(completionReply(program, words))
  })
}
