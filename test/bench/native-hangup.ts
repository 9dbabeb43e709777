/**
 * What hanging up many connections costs: against the kernel's own way, which is a RST, as they grow in number, and by
 * the library, where sockets may not be borrowed.
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binary as longhaul, nativeFolder, preload } from '../native/build.ts'
import { borrowing } from '../native/fixtures.ts'
import { type Figure, median, report } from './figures.ts'
import { firstPort, lastPort, withConnections } from './held-connections.ts'

const repetitions = 5
const manyConnections = 15_000

const hangup = `${longhaul} hangup 127.0.0.1 ${firstPort}-${lastPort}`
const destroy = `ss -KHtn state established dst 127.0.0.1 dport ge ${firstPort} dport le ${lastPort}`

interface Way {
  /** What runs the command. */
  command?: readonly string[]
  /** What runs the programs with the connections. */
  clients?: readonly string[]
}

/** How long a command takes that ends so many connections, made for it; it must have ended them all. */
const endingMs = (
  command: string,
  count: number,
  { command: through = [], clients }: Way = {},
): Promise<number> =>
  withConnections(
    count,
    async sandbox => {
      const { status, ms } = await sandbox.run(['sh', '-c', `exec ${command} >/dev/null`], { through })
      const ports = ['dport', 'ge', `:${firstPort}`, 'dport', 'le', `:${lastPort}`]
      const left = (await sandbox.established(...ports)).length
      if (status !== 0 || left !== 0)
        throw new Error(`${command}: status ${status}, ${left} connections left`)
      return ms
    },
    clients,
  )

/** As in a container whose profile forbids to borrow sockets. */
const asking = (forbid: string): Way => {
  const confined = [forbid, borrowing]
  const variables = Object.entries(preload()).map(pair => pair.join('='))
  return { command: confined, clients: [...confined, 'env', ...variables] }
}

type Turn = Record<'hangup15k' | 'destroy15k' | 'asked15k' | 'hangup2k' | 'hangup16k', number>

const measure = async (forbid: string): Promise<Turn[]> => {
  const turns: Turn[] = []
  for (let turn = 0; turn < repetitions; turn++) {
    turns.push({
      hangup15k: await endingMs(hangup, manyConnections),
      destroy15k: await endingMs(destroy, manyConnections),
      asked15k: await endingMs(hangup, manyConnections, asking(forbid)),
      hangup2k: await endingMs(hangup, 2000),
      hangup16k: await endingMs(hangup, 16_000),
    })
  }
  return turns
}

const figures = (turns: readonly Turn[]): Figure[] => {
  const of = (name: keyof Turn): number => median(turns.map(turn => turn[name]))
  return [
    { what: 'longhaul hangup of 15,000 connections', value: of('hangup15k'), unit: 'ms' },
    { what: 'ss -K of the same', value: of('destroy15k'), unit: 'ms' },
    { what: 'hangup, to ss -K', value: of('hangup15k') / of('destroy15k'), unit: 'times', limit: 1.5 },
    {
      what: 'each of them by the library, asked by signal',
      value: (1000 * of('asked15k')) / manyConnections,
      unit: 'µs',
      limit: 100,
    },
    { what: 'longhaul hangup of 2,000 connections', value: of('hangup2k'), unit: 'ms' },
    { what: 'longhaul hangup of 16,000 connections', value: of('hangup16k'), unit: 'ms' },
    { what: '16,000, to 2,000', value: of('hangup16k') / of('hangup2k'), unit: 'times', limit: 10 },
  ]
}

export const run = async (): Promise<readonly Figure[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'longhaul-bench-'))
  try {
    const forbid = join(folder, 'forbid')
    execFileSync('cc', ['-O2', '-o', forbid, `${nativeFolder}/test/forbid.c`])
    return figures(await measure(forbid))
  } finally {
    await rm(folder, { recursive: true })
  }
}

if (import.meta.main) process.exitCode = report(await run()) ? 0 : 1
