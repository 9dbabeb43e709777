/** What may stand next in a call, told by the commands themselves. */

import type { Argument, Command, Option } from 'commander'
import { workloadKinds } from '../../cluster/workload-resources.ts'

interface Candidate {
  value: string
  description: string
}

/** What may stand in the place of a word. */
interface Completion {
  candidates: readonly Candidate[]
  takesFiles: boolean
  /** Whether the word goes on after a candidate. */
  goesOn: boolean
}

const nothing: Completion = { candidates: [], takesFiles: false, goesOn: false }
const files: Completion = { ...nothing, takesFiles: true }

/** As cobra numbers them, whose protocol kubectl speaks with its plugins. */
const directive = { noSpace: 2, noFiles: 4 } as const

/**
 * The answer to a shell: a line for each candidate, with its description after a tab, and a last one with the
 * directives. The last of the words is the one to complete, and may be empty.
 */
export function completionReply(program: Command, words: readonly string[]): string {
  const current = words.at(-1) ?? ''
  const { candidates, takesFiles, goesOn } = complete(program, words.slice(0, -1), current)
  const lines = candidates
    .filter(({ value }) => value.startsWith(current))
    .map(({ value, description }) => `${value}\t${description}`)
  const directives = (goesOn ? directive.noSpace : 0) + (takesFiles ? 0 : directive.noFiles)
  return `${[...lines, `:${directives}`].join('\n')}\n`
}

function complete(program: Command, before: readonly string[], current: string): Completion {
  const { command, operands, waiting, onlyOperands } = read(program, before)
  if (waiting !== undefined) return valuesOf(waiting)
  if (onlyOperands || !current.startsWith('-')) return operandsOf(command, operands)
  const [name, value] = current.split('=')
  const option = value === undefined ? undefined : optionOf(command, name ?? '')
  return option === undefined ? optionsOf(command) : withName(valuesOf(option), `${name}=`)
}

/** What has been said before. */
interface Said {
  command: Command
  operands: number
  /** The option whose value comes next. */
  waiting: Option | undefined
  onlyOperands: boolean
}

function read(program: Command, words: readonly string[]): Said {
  const said: Said = { command: program, operands: 0, waiting: undefined, onlyOperands: false }
  for (const word of words) {
    // Bash makes words of their own of the equals signs in others.
    if (word === '=' && said.waiting !== undefined) continue
    if (said.waiting !== undefined) said.waiting = undefined
    else if (said.onlyOperands) said.operands += 1
    else if (word === '--') said.onlyOperands = true
    else if (word.startsWith('-')) said.waiting = optionOf(said.command, word)
    else readWord(said, word)
  }
  return said
}

function readWord(said: Said, word: string): void {
  const sub = said.command.commands.find(each => each.name() === word)
  if (sub === undefined) said.operands += 1
  else said.command = sub
}

/** The option of that name that takes a value. */
function optionOf(command: Command, word: string): Option | undefined {
  return command.options.find(
    each => [each.long, each.short].includes(word) && (each.required || each.optional),
  )
}

function optionsOf(command: Command): Completion {
  const options = command.createHelp().visibleOptions(command)
  const candidates = options.map(({ long, short, description }) => ({
    value: long ?? short ?? '',
    description,
  }))
  return { ...nothing, candidates }
}

function operandsOf(command: Command, count: number): Completion {
  const subs = command.createHelp().visibleCommands(command)
  if (subs.length > 0 && count > 0) return nothing
  if (subs.length > 0) {
    return {
      ...nothing,
      candidates: subs.map(sub => ({ value: sub.name(), description: sub.summary() || sub.description() })),
    }
  }
  const expected = command.registeredArguments
  const argument = expected[count] ?? expected.findLast(({ variadic }) => variadic)
  return argument === undefined ? nothing : wordsFor(argument)
}

function wordsFor(argument: Argument): Completion {
  if (argument.argChoices !== undefined) return choices(argument.argChoices)
  if (argument.name() === 'path') return files
  const candidates = workloadKinds.map(kind => ({ value: `${kind}/`, description: 'a workload' }))
  return { candidates, takesFiles: false, goesOn: true }
}

/** Options that take a file or a folder say so by the name of their value. */
function valuesOf({ argChoices, flags }: Option): Completion {
  if (argChoices !== undefined) return choices(argChoices)
  return /<(file|path|dir)>/.test(flags) ? files : nothing
}

function choices(values: readonly string[]): Completion {
  return { ...nothing, candidates: values.map(value => ({ value, description: '' })) }
}

function withName(completion: Completion, name: string): Completion {
  const candidates = completion.candidates.map(each => ({ ...each, value: `${name}${each.value}` }))
  return { ...completion, candidates }
}
