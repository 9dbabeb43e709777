/** What listing many connections costs, beside `ss`, which tells less: in time of the processor, as a pod has little. */
import { binary as longhaul } from '../native/build.ts'
import type { Sandbox } from '../native/sandbox.ts'
import { type Figure, median, report } from './figures.ts'
import { withConnections } from './held-connections.ts'

const connections = 10_000
const repetitions = 9

/** Seconds of the processor, the program's and the kernel's for it. */
const cpuSeconds = async (sandbox: Sandbox, command: string): Promise<number> => {
  const script = `TIMEFORMAT='%U %S'; time ${command} >/dev/null`
  const { status, stderr } = await sandbox.run(['bash', '-c', script])
  if (status !== 0) throw new Error(`${command}: ${stderr}`)
  return stderr.split(/\s/).reduce((sum, each) => sum + Number(each), 0)
}

export const run = (): Promise<readonly Figure[]> =>
  // Both ends of each are in the pod.
  withConnections(connections / 2, async sandbox => {
    const turns: Record<'list' | 'json' | 'ss', number>[] = []
    for (let turn = 0; turn < repetitions; turn++) {
      turns.push({
        list: await cpuSeconds(sandbox, `${longhaul} list`),
        json: await cpuSeconds(sandbox, `${longhaul} list --json`),
        ss: await cpuSeconds(sandbox, 'ss -tnoimpH'),
      })
    }
    const of = (name: keyof (typeof turns)[0]): number => median(turns.map(turn => turn[name]))
    return [
      { what: 'longhaul list of 10,000 connections', value: of('list'), unit: 's CPU', limit: 0.3 },
      { what: 'the same as JSON', value: of('json'), unit: 's CPU', limit: 0.3 },
      { what: 'ss -tnoimp of the same', value: of('ss'), unit: 's CPU' },
    ]
  })

if (import.meta.main) process.exitCode = report(await run()) ? 0 : 1
