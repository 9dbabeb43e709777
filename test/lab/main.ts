/** `npm run lab`: everything that Longhaul promises, shown by experiment on one machine. */

import { once } from 'node:events'
import { runInOwnNamespaces } from './hosts/own-namespaces.ts'
import { type Options, readOptions, usage } from './options.ts'
import { labObstacle } from './requirements.ts'
import { updateDocuments } from './results/update.ts'

const args = process.argv.slice(2)
process.exitCode = await lab(args)

async function lab(args: readonly string[]): Promise<number> {
  const options = optionsOf(args)
  if (options === undefined) return 2
  if (options.help) return say(usage)
  const obstacle = labObstacle()
  if (obstacle !== undefined) return complain(`The lab can't run here: ${obstacle}.\n`, 1)
  const status = await runInside(args)
  if (options.write) updateDocuments()
  return status
}

function optionsOf(args: readonly string[]): Options | undefined {
  try {
    return readOptions(args)
  } catch (error) {
    complain(`${error instanceof Error ? error.message : error}\n\n${usage}`, 2)
    return undefined
  }
}

/** The status of the lab itself. Ctrl-C reaches it as well as this process, which then waits for its end. */
async function runInside(args: readonly string[]): Promise<number> {
  const script = new URL('inside.ts', import.meta.url).pathname
  process.on('SIGINT', () => {})
  const [status] = await once(runInOwnNamespaces(script, args), 'exit')
  return status ?? 1
}

function say(text: string): number {
  process.stdout.write(text)
  return 0
}

function complain(text: string, status: number): number {
  process.stderr.write(text)
  return status
}
