/** The command line of the lab. */

import { parseArgs } from 'node:util'
import { experiments } from './experiments/all.ts'
import { systems } from './systems/all.ts'

export const usage = `npm run lab -- [option]…

  --full                the real timers; without it they are divided by ten
  --only NAME,NAME      these experiments: ${listed(experiments)}
  --systems NAME,NAME   the clients of these systems, in silent-death, quiet-response and own-keepalive:
                        ${listed(systems)}
  --short               the few cases that the tests need; it shortens silent-death and rollout
  --output FILE         writes the results, as JSON
  --write               writes results, tables and charts to test/lab/results, and the README's part anew; of
                        a whole run only: not with --only, --systems, --short or --output
  --help
`

export interface Options {
  scale: number
  short: boolean
  only: readonly string[] | undefined
  systems: readonly string[] | undefined
  output: string | undefined
  write: boolean
  help: boolean
}

const resultsFile = new URL('results/results.json', import.meta.url).pathname

/** Throws where an option or a name is unknown. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      full: { type: 'boolean', default: false },
      short: { type: 'boolean', default: false },
      only: { type: 'string' },
      systems: { type: 'string' },
      output: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const narrowing = (['only', 'systems', 'short', 'output'] as const).find(name => values[name])
  if (values.write && narrowing !== undefined)
    throw new Error(`--write keeps a whole run in its own place: it can't be used with --${narrowing}`)
  return {
    scale: values.full ? 1 : 10,
    short: values.short,
    only: namesOf('--only', values.only, experiments),
    systems: namesOf('--systems', values.systems, systems),
    output: values.output ?? (values.write ? resultsFile : undefined),
    write: values.write,
    help: values.help,
  }
}

type Named = readonly { name: string }[]

function namesOf(option: string, text: string | undefined, known: Named): string[] | undefined {
  const names = text?.split(',')
  const unknown = names?.find(name => known.every(each => each.name !== name))
  if (unknown === undefined) return names
  throw new Error(`${option}: there is no ${unknown}; there are ${listed(known)}`)
}

function listed(known: Named): string {
  return known.map(({ name }) => name).join(', ')
}
