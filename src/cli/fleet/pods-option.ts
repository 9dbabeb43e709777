/** Which pods of which cluster a command is about, as people tell kubectl. */

import { type Command, InvalidArgumentError, Option } from 'commander'
import { InputError } from '../../manifests/input-error.ts'
import { formatDuration, parseDuration } from '../../policy/duration.ts'
import { CommandError, exitStatus } from '../command-error.ts'

export interface PodsCall {
  namespace?: string
  allNamespaces: boolean
  selector?: string
  context?: string
  kubeconfig?: string
  /** Milliseconds. */
  timeout: number
}

const defaultTimeoutMs = 30_000
/** What the binary in pods takes at most. */
const mostMs = 30 * 24 * 3_600_000

/** Adds the options to a command. */
export function addPodsOptions(command: Command): Command {
  return command
    .option('-n, --namespace <name>', 'namespace of the workloads (default: that of the context)')
    .option('-A, --all-namespaces', 'with -l: in all namespaces', false)
    .option('-l, --selector <labels>', 'the pods with these labels, instead of workloads')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .option('--kubeconfig <file>', 'kubeconfig (default: as for kubectl)')
    .addOption(
      new Option('--timeout <duration>', 'how long a pod may take to answer')
        .argParser(readDuration)
        .default(defaultTimeoutMs, formatDuration(defaultTimeoutMs)),
    )
}

/** Refuses what does not go together. Throws a CommandError. */
export function checkPodsCall(
  targets: readonly string[],
  { selector, allNamespaces, namespace }: PodsCall,
): void {
  const refuse = (message: string): never => {
    throw new CommandError(message, exitStatus.wrongInput)
  }
  if (targets.length > 0 && selector !== undefined) refuse('name workloads, or labels by -l, not both')
  if (targets.length === 0 && selector === undefined)
    refuse('name a workload, such as deployment/chat, or labels by -l')
  if (allNamespaces && selector === undefined) refuse('-A goes with -l only')
  if (allNamespaces && namespace !== undefined) refuse("-n can't be used with -A")
}

/** Milliseconds, for an option. */
export function readDuration(written: string): number {
  const milliseconds = parseDuration(written)
  if (milliseconds !== undefined && milliseconds <= mostMs) return milliseconds
  throw new InvalidArgumentError('Write a duration of at most 720h, such as 30s.')
}

/** A reader of options as commander wants it: what is malformed is an error of the option. */
export function optionReader<Value>(read: (written: string) => Value): (written: string) => Value {
  return written => {
    try {
      return read(written)
    } catch (error) {
      throw error instanceof InputError ? new InvalidArgumentError(error.message) : error
    }
  }
}
