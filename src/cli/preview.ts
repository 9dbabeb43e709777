/** `longhaul preview`: the change of manifests, before it happens. */

import { Command, InvalidArgumentError, Option } from 'commander'
import { settingsHelp } from '../docs/reference.ts'
import { readDocuments } from '../manifests/documents.ts'
import { InputError } from '../manifests/input-error.ts'
import { readInputs } from '../manifests/inputs.ts'
import type { Config } from '../policy/config.ts'
import { type KubernetesVersion, parseKubernetesVersion } from '../policy/kubernetes-version.ts'
import { isKey, keyPrefix } from '../policy/settings.ts'
import { printDiff } from '../preview/diff.ts'
import { printJson, printPatch } from '../preview/json.ts'
import { type Plan, planDocuments } from '../preview/plan.ts'
import { type Style, styleFor } from '../preview/style.ts'
import { printSummary } from '../preview/summary.ts'
import { printYaml } from '../preview/yaml.ts'
import { CommandError, exitStatus } from './command-error.ts'
import { loadConfig } from './config-option.ts'
import type { Terminal } from './terminal.ts'

const formats: Readonly<Record<string, (plan: Plan, style: Style) => string>> = {
  diff: printDiff,
  yaml: printYaml,
  json: printJson,
  patch: printPatch,
  summary: printSummary,
}

interface Options {
  namespace: string
  namespaceLabel: Record<string, string>
  config?: string
  kubernetesVersion?: KubernetesVersion
  output: string
  strict: boolean
}

/** The command, for the program's list. */
export function previewCommand(terminal: Terminal): Command {
  return new Command('preview')
    .summary('show what the webhook would change in manifests')
    .description('Shows what the webhook would change in manifests, before anything is applied.')
    .argument('[path...]', 'files, folders, or - for standard input')
    .option('-n, --namespace <name>', 'namespace of objects that name none', 'default')
    .option(
      '--namespace-label <key=value>',
      'label that every namespace is taken to have; repeatable',
      addLabel,
      {},
    )
    .option('--config <file>', "configuration file, as the webhook's")
    .option(
      '--kubernetes-version <version>',
      "the cluster's version, such as 1.30 (default: the newest known, 1.36)",
      readVersion,
    )
    .addOption(
      new Option('-o, --output <format>', 'what to print').choices(Object.keys(formats)).default('diff'),
    )
    .option('--strict', 'exit with status 1 where there is any problem', false)
    .addHelpText('after', `\n${settingsHelp()}`)
    .action((paths: string[], options: Options) => preview(paths, options, terminal))
}

async function preview(paths: readonly string[], options: Options, terminal: Terminal): Promise<void> {
  const config = await configOf(options)
  const inputs = await readInputs(pathsOrStdin(paths, terminal), terminal.stdin)
  const { namespace, namespaceLabel: namespaceLabels } = options
  const documents = allDocuments(inputs)
  const plan = planDocuments(documents, { namespace, namespaceLabels, config })
  const print = formats[options.output] ?? printDiff
  terminal.stdout.write(print(plan, styleFor(terminal.isColoured)))
  for (const note of plan.notes) terminal.stderr.write(`note: ${note}\n`)
  const count = plan.workloads.flatMap(({ problems }) => problems).length
  if (options.strict && count > 0) {
    throw new CommandError(`${count} ${count === 1 ? 'problem' : 'problems'} found`, exitStatus.failed)
  }
}

async function configOf({ config: file, kubernetesVersion }: Options): Promise<Config> {
  const config = await loadConfig(file)
  return kubernetesVersion === undefined ? config : { ...config, kubernetesVersion }
}

function pathsOrStdin(paths: readonly string[], { stdin }: Terminal): readonly string[] {
  if (paths.length > 0) return paths
  if (stdin.isTTY !== true) return ['-']
  throw new CommandError('name a file or a folder, or pipe manifests in', exitStatus.wrongInput)
}

/** The documents of all inputs; the mistakes of all are reported together. */
function allDocuments(inputs: readonly { file: string; text: string }[]) {
  const results = inputs.map(({ file, text }) => {
    try {
      return readDocuments(text, file)
    } catch (error) {
      if (error instanceof InputError) return error
      throw error
    }
  })
  const mistakes = results.filter(each => each instanceof InputError)
  if (mistakes.length > 0) throw new InputError(mistakes.map(({ message }) => message).join('\n'))
  return results.flatMap(each => (each instanceof InputError ? [] : each))
}

function addLabel(written: string, labels: Record<string, string>): Record<string, string> {
  const at = written.indexOf('=')
  if (at <= 0) throw new InvalidArgumentError('Write it as key=value.')
  const key = written.slice(0, at)
  if (isKey(key)) throw new InvalidArgumentError(`Write it as ${keyPrefix}${written}.`)
  return { ...labels, [key]: written.slice(at + 1) }
}

function readVersion(written: string): KubernetesVersion {
  const version = parseKubernetesVersion(written)
  if (version === undefined) throw new InvalidArgumentError('Write it as 1.30.')
  return version
}
