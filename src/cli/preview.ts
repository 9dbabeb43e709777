/** `longhaul preview`: the change of manifests, before it happens. */

import { Command, InvalidArgumentError, Option } from 'commander'
import { settingsHelp } from '../docs/reference.ts'
import type { Config } from '../policy/config.ts'
import {
  isAtLeast,
  type KubernetesVersion,
  newestKnown,
  oldestSupported,
  parseKubernetesVersion,
} from '../policy/kubernetes-version.ts'
import { isKey, keyPrefix } from '../policy/settings.ts'
import { printDiff } from '../preview/diff.ts'
import { printJson, printPatch } from '../preview/json.ts'
import { type Plan, planDocuments } from '../preview/plan.ts'
import { type Format, forPeople, forPrograms, printableLine } from '../preview/printable.ts'
import { printSummary } from '../preview/summary.ts'
import { printYaml } from '../preview/yaml.ts'
import { CommandError, exitStatus } from './command-error.ts'
import { loadConfig } from './config-option.ts'
import { pathsOrStdin, readManifests } from './manifest-files.ts'
import type { PreviewCall } from './preview-call.ts'
import { screenOf, type Terminal } from './terminal.ts'

const formats: Readonly<Record<string, Format<Plan>>> = {
  diff: forPeople(printDiff),
  yaml: forPrograms(printYaml),
  json: forPrograms(printJson),
  patch: forPrograms(printPatch),
  summary: forPeople(printSummary),
}

/** The command, for the program's list. */
export function previewCommand(terminal: Terminal): Command {
  return new Command('preview')
    .summary('show what the webhook would change in manifests')
    .description('Shows what the webhook would change in manifests, before anything is applied.')
    .argument(
      '[path...]',
      'files, folders, or - for standard input; with --live workloads, such as deployment/chat',
    )
    .option(
      '-n, --namespace <name>',
      'namespace of objects that name none (default: "default"; with --live that of the context)',
    )
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
    .option(
      '--live',
      'ask a cluster: the pods pass its admission chain as a dry run, nothing is created',
      false,
    )
    .option('-f, --filename <path>', 'with --live: file, folder, or - for standard input; repeatable', append)
    .option('--context <name>', 'with --live: context of the kubeconfig (default: the current one)')
    .option('--kubeconfig <file>', 'with --live: kubeconfig (default: as for kubectl)')
    .addHelpText('after', `\n${settingsHelp()}`)
    .action((paths: string[], options: PreviewCall) => {
      checkTogether(options)
      return options.live ? live(paths, options, terminal) : preview(paths, options, terminal)
    })
}

async function preview(paths: readonly string[], options: PreviewCall, terminal: Terminal): Promise<void> {
  const config = await configOf(options)
  const { documents, mistakes } = await readManifests(pathsOrStdin(paths, terminal.stdin), terminal.stdin)
  const { namespace = 'default', namespaceLabel: namespaceLabels } = options
  const plan = planDocuments(documents, { namespace, namespaceLabels, config }, mistakes)
  const { checkPatches } = await import('../preview/patch-check.ts')
  checkPatches(plan.workloads)
  const print = formats[options.output] ?? forPeople(printDiff)
  terminal.stdout.write(print(plan, screenOf(terminal)))
  if (options.output === 'diff') {
    const { printRemaining } = await import('../check/output/remaining.ts')
    terminal.stdout.write(forPeople(printRemaining(namespace))(plan, screenOf(terminal)))
  }
  const notes = [...newerNotes(options), ...plan.notes]
  for (const note of notes) terminal.stderr.write(`note: ${printableLine(note)}\n`)
  const count = plan.workloads.flatMap(({ problems }) => problems).length
  if (options.strict && count > 0) {
    throw new CommandError(`${count} ${count === 1 ? 'problem' : 'problems'} found`, exitStatus.failed)
  }
}

async function live(names: readonly string[], options: PreviewCall, terminal: Terminal): Promise<void> {
  const { previewLive } = await import('./preview-live.ts')
  await previewLive(names, options, terminal)
}

/** Some options are for calls with --live, some for calls without. */
function checkTogether(options: PreviewCall): void {
  const { live, filename, context, kubeconfig, namespaceLabel, kubernetesVersion } = options
  const refuse = (given: Readonly<Record<string, boolean>>, rule: string) => {
    const [first] = Object.keys(given).filter(option => given[option])
    if (first !== undefined) throw new CommandError(`${first} ${rule}`, exitStatus.wrongInput)
  }
  if (live) {
    const given = {
      '--namespace-label': Object.keys(namespaceLabel).length > 0,
      '--kubernetes-version': kubernetesVersion !== undefined,
    }
    refuse(given, "can't be used with --live, which goes by the cluster")
  } else {
    const given = {
      '-f': filename !== undefined,
      '--context': context !== undefined,
      '--kubeconfig': kubeconfig !== undefined,
    }
    refuse(given, 'is for --live')
  }
}

async function configOf({ config: file, kubernetesVersion }: PreviewCall): Promise<Config> {
  const config = await loadConfig(file)
  return kubernetesVersion === undefined ? config : { ...config, kubernetesVersion }
}

function newerNotes({ kubernetesVersion: version }: PreviewCall): string[] {
  if (version === undefined || !isAtLeast(version, newestKnown.minor + 1)) return []
  return [`Kubernetes 1.${version.minor} is not known here; it is taken to be as 1.${newestKnown.minor}`]
}

function append(written: string, paths: readonly string[] = []): string[] {
  return [...paths, written]
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
  if (version.major !== 1 || !isAtLeast(version, oldestSupported.minor)) {
    throw new InvalidArgumentError(
      `Longhaul is for Kubernetes 1.${oldestSupported.minor} and later, such as 1.30.`,
    )
  }
  return version
}
