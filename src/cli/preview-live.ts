/** `longhaul preview --live`. Loaded only then: the client of the API server takes long to load. */

import { openApi } from '../cluster/client/api.ts'
import { loadKubeConfig, namespaceOf } from '../cluster/client/kubeconfig.ts'
import { readWorkloadNames } from '../cluster/workload-resources.ts'
import { InputError } from '../manifests/input-error.ts'
import { type LivePlan, type LiveRequest, planLive, unreadFor } from '../preview/live/plan.ts'
import { chainPatch, printLiveJson, printLivePatch, printLiveYaml } from '../preview/live/print-data.ts'
import { printLiveDiff } from '../preview/live/print-diff.ts'
import { printLiveSummary } from '../preview/live/print-summary.ts'
import { isCertain } from '../preview/live/unread.ts'
import { title } from '../preview/located.ts'
import { checkPatch, checkPatches } from '../preview/patch-check.ts'
import { type Format, forPeople, forPrograms, printableLine } from '../preview/printable.ts'
import { CommandError, exitStatus } from './command-error.ts'
import { loadConfig } from './config-option.ts'
import { readManifests } from './manifest-files.ts'
import type { PreviewCall } from './preview-call.ts'
import { screenOf, type Terminal } from './terminal.ts'

const formats: Readonly<Record<string, Format<LivePlan>>> = {
  diff: forPeople(printLiveDiff),
  yaml: forPrograms(printLiveYaml),
  json: forPrograms(printLiveJson),
  patch: forPrograms(printLivePatch),
  summary: forPeople(printLiveSummary),
}

/** Asks the cluster and prints what it says. Throws a CommandError where it refuses a pod. */
export async function previewLive(
  names: readonly string[],
  options: PreviewCall,
  terminal: Terminal,
): Promise<void> {
  const { filename: files = [], kubeconfig: file, context } = options
  if (names.length + files.length === 0) {
    throw new CommandError('name a workload, such as deployment/chat, or a file by -f', exitStatus.wrongInput)
  }
  const config = loadKubeConfig({ ...(file && { file }), ...(context && { context }) })
  const { documents, mistakes } = await readManifests(files, terminal.stdin)
  if (mistakes.length > 0) throw new InputError(...mistakes)
  const request = {
    names: readWorkloadNames(names, ', or -f FILE for a file'),
    documents,
    namespace: options.namespace ?? namespaceOf(config),
    ...(options.config !== undefined && { loadConfig: version => loadConfig(options.config, version) }),
  } satisfies LiveRequest
  await using api = await openApi(config)
  const plan = await planLive(api, request)
  checkLivePatches(plan)
  const print = formats[options.output] ?? forPeople(printLiveDiff)
  terminal.stdout.write(print(plan, screenOf(terminal)))
  for (const note of plan.notes) terminal.stderr.write(`note: ${printableLine(note)}\n`)
  const faults = [...refusals(plan), ...(options.strict ? [findings(plan)].filter(each => each !== '') : [])]
  if (faults.length > 0) throw new CommandError(faults.join('\n'), exitStatus.failed)
}

function checkLivePatches({ workloads }: LivePlan): void {
  checkPatches(workloads)
  for (const workload of workloads) {
    const { result } = workload
    if (!('refusal' in result)) checkPatch(workload, result.sent, chainPatch(result), result.answered)
  }
}

function refusals({ workloads }: LivePlan): string[] {
  return workloads.flatMap(({ object, namespace, result }) => {
    if (!('refusal' in result)) return []
    const said = [result.refusal, ...(result.cause === undefined ? [] : [result.cause])].join('; ')
    return `the cluster refuses the pods of ${title(object)} in namespace ${namespace}: ${said}`
  })
}

function findings({ workloads }: LivePlan): string {
  const problems = workloads.flatMap(workload =>
    workload.problems.filter(each => isCertain(each, unreadFor(workload))),
  ).length
  const differences = workloads.flatMap(({ result }) =>
    'refusal' in result ? [] : result.differences,
  ).length
  if (problems + differences === 0) return ''
  return `${counted(problems, 'problem')} and ${counted(differences, 'difference')} from what is expected found`
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
