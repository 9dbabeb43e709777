/** `npm run lab`: everything that Longhaul promises, shown by experiment on one machine. */

import { once } from 'node:events'
import { Readable } from 'node:stream'
import { runInOwnNamespaces } from './hosts/own-namespaces.ts'
import { type Options, readOptions, usage } from './options.ts'
import { labObstacle } from './requirements.ts'
import { updateDocuments } from './results/documents.ts'
import { openResultsFile } from './results/results-file.ts'

const args = process.argv.slice(2)
process.exitCode = await lab(args)

async function lab(args: readonly string[]): Promise<number> {
  const options = optionsOf(args)
  if (options === undefined) return 2
  if (options.help) return say(usage)
  const obstacle = labObstacle()
  if (obstacle !== undefined) return complain(`The lab can't run here: ${obstacle}.\n`, 1)
  try {
    return await runAndKeep(args, options)
  } catch (error) {
    return complain(`${error instanceof Error ? error.message : error}\n`, 1)
  }
}

function optionsOf(args: readonly string[]): Options | undefined {
  try {
    return readOptions(args)
  } catch (error) {
    complain(`${error instanceof Error ? error.message : error}\n\n${usage}`, 2)
    return undefined
  }
}

async function runAndKeep(args: readonly string[], { output, write }: Options): Promise<number> {
  const file = output === undefined ? undefined : openResultsFile(output)
  const { status, results } = await runInside(args)
  // Nothing came of it where it was interrupted; documents are made of a whole run only.
  if (results === '' || (write && status !== 0)) file?.discard()
  else file?.keep(results)
  if (write && status !== 0)
    return complain('The lab failed: results and documents stay as they were.\n', status)
  if (write) updateDocuments()
  return status
}

/** Status and results of the lab itself. Ctrl-C reaches it as well as this process, which then waits for its end. */
async function runInside(args: readonly string[]): Promise<{ status: number; results: string }> {
  const script = new URL('inside.ts', import.meta.url).pathname
  process.on('SIGINT', () => {})
  const child = runInOwnNamespaces(script, args)
  const [[status], results] = await Promise.all([once(child, 'exit'), textOf(child.stdio[3])])
  return { status: status ?? 1, results }
}

async function textOf(stream: unknown): Promise<string> {
  if (!(stream instanceof Readable)) throw new Error('the lab was started without a pipe for its results')
  return (await stream.setEncoding('utf8').toArray()).join('')
}

function say(text: string): number {
  process.stdout.write(text)
  return 0
}

function complain(text: string, status: number): number {
  process.stderr.write(text)
  return status
}
