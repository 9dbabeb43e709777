/** What hanging up many connections costs: against the kernel's own way, which is a RST, and as they grow in number. */
import { binary as longhaul } from '../native/build.ts'
import { createSandbox } from '../native/sandbox.ts'
import { type Figure, median, report } from './figures.ts'

const repetitions = 5
/** A process may have 20,000 descriptors or fewer: many processes hold the connections. */
const processPairs = 8
const firstPort = 5000
const ports = [firstPort, firstPort + processPairs - 1] as const

const hangup = `${longhaul} hangup 127.0.0.1 ${ports.join('-')}`
const destroy = `ss -KHtn state established dst 127.0.0.1 dport ge ${ports[0]} dport le ${ports[1]}`

/**
 * How long a command takes that ends so many connections, made for it; it must have ended them all. The
 * servers are in another container, as they would be. No process looks at its connections: what it would do
 * about their end competes for the processors.
 */
const endingMs = async (command: string, count: number): Promise<number> => {
  await using sandbox = await createSandbox()
  await using elsewhere = await createSandbox({ networkOf: sandbox })
  for (let port: number = ports[0]; port <= ports[1]; port++) {
    const server = elsewhere.peer()
    const client = sandbox.peer()
    for (const peer of [server, client]) await peer.ask('configure read off')
    await server.ask(`listen 127.0.0.1 ${port}`)
    await client.ask(`connect 127.0.0.1 ${port} ${count / processPairs}`)
  }
  const made = (await sandbox.established()).length
  if (made !== 2 * count) throw new Error(`${made} ends of ${count} connections`)
  const { status, ms } = await sandbox.run(['sh', '-c', `exec ${command} >/dev/null`])
  const left = (await sandbox.established('dport', 'ge', `:${ports[0]}`, 'dport', 'le', `:${ports[1]}`))
    .length
  if (status !== 0 || left !== 0) throw new Error(`${command}: status ${status}, ${left} connections left`)
  return ms
}

export const run = async (): Promise<readonly Figure[]> => {
  const turns: Record<'hangup15k' | 'destroy15k' | 'hangup2k' | 'hangup16k', number>[] = []
  for (let turn = 0; turn < repetitions; turn++) {
    turns.push({
      hangup15k: await endingMs(hangup, 15_000),
      destroy15k: await endingMs(destroy, 15_000),
      hangup2k: await endingMs(hangup, 2000),
      hangup16k: await endingMs(hangup, 16_000),
    })
  }
  const of = (name: keyof (typeof turns)[0]): number => median(turns.map(turn => turn[name]))
  return [
    { what: 'longhaul hangup of 15,000 connections', value: of('hangup15k'), unit: 'ms' },
    { what: 'ss -K of the same', value: of('destroy15k'), unit: 'ms' },
    { what: 'hangup, to ss -K', value: of('hangup15k') / of('destroy15k'), unit: 'times', limit: 1.5 },
    { what: 'longhaul hangup of 2,000 connections', value: of('hangup2k'), unit: 'ms' },
    { what: 'longhaul hangup of 16,000 connections', value: of('hangup16k'), unit: 'ms' },
    { what: '16,000, to 2,000', value: of('hangup16k') / of('hangup2k'), unit: 'times', limit: 10 },
  ]
}

if (import.meta.main) process.exitCode = report(await run()) ? 0 : 1
