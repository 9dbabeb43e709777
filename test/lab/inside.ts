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
import { experimentMarkdown, provenance } from './results/markdown.ts'
import type { ExperimentResult, Results } from './results/results.ts'
import { versions } from './results/versions.ts'
import { systems } from './systems/all.ts'

// As process 1 of its PID namespace this takes everything with it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130))

const options = readOptions(process.argv.slice(2))
await prepareFileSystem()
await openRouter()
await prepareRouter()
const results = await runAll(options)
say(provenance(results))
if (options.output !== undefined) writeFileSync(options.output, `${JSON.stringify(results, null, 2)}\n`)
process.exit(results.experiments.some(({ failure }) => failure !== undefined) ? 1 : 0)

async function runAll({ scale, short, only, systems: wanted }: Options): Promise<Results> {
  const { systems: present, missing } = available(
    systems.filter(({ name }) => wanted === undefined || wanted.includes(name)),
  )
  for (const each of missing) say(`Left out: ${each}.`)
  say(scale === 1 ? 'All timers are the real ones.' : `All timers are divided by ${scale}.`)
  const date = new Date().toISOString()
  const done: ExperimentResult[] = []
  for (const experiment of experiments.filter(({ name }) => only === undefined || only.includes(name))) {
    say(`\n== ${experiment.title}`)
    const result = await runOne(experiment, { scale, short, systems: present, progress: say })
    done.push(result)
    say(`\n${experimentMarkdown(experiment, result)}`)
  }
  const machine = { date, kernel: kernelVersion(), cores: availableParallelism() }
  return { ...machine, scale, versions: versions(), missing, experiments: done }
}

async function runOne({ name, run }: Experiment, lab: Lab): Promise<ExperimentResult> {
  const startMs = performance.now()
  const seconds = () => Math.round((performance.now() - startMs) / 1000)
  try {
    const observations = await run(lab)
    return { name, seconds: seconds(), observations }
  } catch (error) {
    return { name, seconds: seconds(), observations: [], failure: String(error) }
  }
}

/** Without what its builders add. */
function kernelVersion(): string {
  return /^[\d.]+/.exec(release())?.[0] ?? release()
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
