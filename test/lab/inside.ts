/** The lab itself; runs in namespaces of its own, which main.ts makes. */

import { writeFileSync } from 'node:fs'
import { availableParallelism, release } from 'node:os'
import { experiments } from './experiments/all.ts'
import type { Experiment, Lab } from './experiments/experiment.ts'
import { prepareFileSystem } from './hosts/file-system.ts'
import { openRouter } from './hosts/network.ts'
import { prepareRouter } from './hosts/router.ts'
import { type Options, readOptions } from './options.ts'
import { available } from './requirements.ts'
import { experimentMarkdown, provenance, timersSentence } from './results/markdown.ts'
import type { ExperimentResult, Results } from './results/results.ts'
import { versions } from './results/versions.ts'
import { systems } from './systems/all.ts'

// As process 1 of its PID namespace this takes everything with it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130))

/** A pipe to main.ts: the lab's own view of the file system hides where results are to go. */
const resultsDescriptor = 3

const options = readOptions(process.argv.slice(2))
await prepareFileSystem()
await openRouter()
await prepareRouter()
const results = await runAll(options)
say(provenance(results))
writeFileSync(resultsDescriptor, `${JSON.stringify(results, null, 2)}\n`)
process.exit(results.experiments.some(({ failure }) => failure !== undefined) ? 1 : 0)

async function runAll({ scale, short, only, systems: wanted }: Options): Promise<Results> {
  const { systems: present, missing } = available(
    systems.filter(({ name }) => wanted === undefined || wanted.includes(name)),
  )
  for (const each of missing) say(`Left out: ${each}.`)
  say(timersSentence(scale))
  const date = new Date().toISOString()
  const done: ExperimentResult[] = []
  for (const experiment of experiments.filter(({ name }) => only === undefined || only.includes(name))) {
    say(`\n== ${experiment.title}`)
    const result = await runOne(experiment, { scale, short, systems: present })
    done.push(result)
    say(`\n${experimentMarkdown(experiment, result)}`)
  }
  const machine = { date, kernel: kernelVersion(), cores: availableParallelism() }
  return { ...machine, scale, versions: versions(), missing, experiments: done }
}

async function runOne(
  { name, run }: Experiment,
  lab: Omit<Lab, 'progress' | 'lost'>,
): Promise<ExperimentResult> {
  const startMs = performance.now()
  const seconds = () => Math.round((performance.now() - startMs) / 1000)
  const failures: string[] = []
  const lost = (text: string) => {
    say(`Lost: ${text}`)
    failures.push(text)
  }
  const observations = await run({ ...lab, progress: say, lost }).catch((error: unknown) => {
    failures.push(String(error))
    return []
  })
  const result = { name, seconds: seconds(), observations }
  return failures.length === 0 ? result : { ...result, failure: failures.join('\n') }
}

/** Without what its builders add. */
function kernelVersion(): string {
  return /^[\d.]+/.exec(release())?.[0] ?? release()
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
