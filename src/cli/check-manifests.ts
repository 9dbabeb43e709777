/** A run of `longhaul check`. Loaded only then, with all rules. */

import { beyondBaseline } from '../check/baseline.ts'
import { type Finding, findIn, refuseMalformed } from '../check/findings.ts'
import { printGithub } from '../check/output/github.ts'
import { printCheckJson } from '../check/output/json.ts'
import { printJunit } from '../check/output/junit.ts'
import type { Report } from '../check/output/report.ts'
import { printSarif } from '../check/output/sarif.ts'
import { printText } from '../check/output/text.ts'
import { severities } from '../check/rule.ts'
import { counted } from '../fleet/counted.ts'
import { locate } from '../preview/located.ts'
import { type Plan, planDocuments } from '../preview/plan.ts'
import { type Format, forPeople, forPrograms, printableLine } from '../preview/printable.ts'
import { loadBaseline, saveBaseline } from './baseline-file.ts'
import type { CheckCall } from './check-call.ts'
import { CommandError, exitStatus } from './command-error.ts'
import { loadConfig } from './config-option.ts'
import { pathsOrStdin, readManifests } from './manifest-files.ts'
import { screenOf, type Terminal } from './terminal.ts'

const formats: Readonly<Record<CheckCall['output'], Format<Report>>> = {
  text: forPeople(printText),
  json: forPrograms(printCheckJson),
  sarif: forPrograms(printSarif),
  github: forPrograms(printGithub),
  junit: forPrograms(printJunit),
}

/** Prints the findings in the manifests at some paths, or in a namespace of a cluster. Throws a CommandError where there are any to fail on. */
export async function checkManifests(
  paths: readonly string[],
  call: CheckCall,
  terminal: Terminal,
): Promise<void> {
  const { plan, namespace } = call.live ? await planLive(paths, call) : await planPaths(paths, call, terminal)
  refuseMalformed(plan)
  await checkPlan(plan, namespace, call, terminal)
}

interface Planned {
  plan: Plan
  /** That of objects that name none. */
  namespace: string
}

async function planPaths(paths: readonly string[], call: CheckCall, terminal: Terminal): Promise<Planned> {
  const { namespace = 'default' } = call
  const config = await loadConfig(call.config)
  const { documents, mistakes } = await readManifests(pathsOrStdin(paths, terminal.stdin), terminal.stdin)
  return { plan: planDocuments(documents, { namespace, namespaceLabels: {}, config }, mistakes), namespace }
}

async function planLive(paths: readonly string[], call: CheckCall): Promise<Planned> {
  if (paths.length > 0) {
    throw new CommandError('name no files with --live, which reads the cluster', exitStatus.wrongInput)
  }
  const { planNamespace } = await import('./check-live.ts')
  return await planNamespace(call)
}

async function checkPlan(plan: Plan, namespace: string, call: CheckCall, terminal: Terminal): Promise<void> {
  const { platform } = call
  const { findings: all, suppressedCount, notes } = findIn(plan, { namespace, ...(platform && { platform }) })
  if (call.writeBaseline && call.baseline !== undefined) return saveBaseline(call.baseline, all)
  const { findings, goneCount } = beyondBaseline(
    all,
    call.baseline === undefined ? new Map() : await loadBaseline(call.baseline),
  )
  const counts = { suppressedCount, knownCount: all.length - findings.length }
  const report = { findings, ...counts, objectCount: locate(plan.documents).length, root: process.cwd() }
  terminal.stdout.write(formats[call.output](report, screenOf(terminal)))
  for (const note of [...plan.notes, ...notes, ...goneNotes(goneCount)]) {
    terminal.stderr.write(`note: ${printableLine(note)}\n`)
  }
  failOn(findings, call)
}

function goneNotes(count: number): string[] {
  return count === 0
    ? []
    : [`${counted(count, 'finding')} of the baseline not found any more; --write-baseline makes it anew`]
}

function failOn(findings: readonly Finding[], { failOn: least }: CheckCall): void {
  const grave = least === 'never' ? [] : severities.slice(0, severities.indexOf(least) + 1)
  const count = findings.filter(({ rule }) => grave.includes(rule.severity)).length
  if (count === 0) return
  const what = least === 'error' ? counted(count, 'error') : `${counted(count, 'finding')} from ${least} on`
  throw new CommandError(`${what} found`, exitStatus.failed)
}
