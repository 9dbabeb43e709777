/** Wrong, empty, huge and hostile values of the library's variables: defaults are used, the program is unharmed. */
import { expect, it, type TestContext } from 'vitest'
import { parseKeepaliveVariable } from '../../src/policy/keepalive-variable.ts'
import { preload } from './build.ts'
import { compile, parseOptions } from './fixtures.ts'
import { type Outcome, run, temporaryFolder, type Variables } from './programs.ts'

/** Idle, interval, probes, user timeout. */
type Values = readonly [number, number, number, number]

const defaults: Values = [60, 10, 3, 90_000]
const intMax = 2_147_483_647
/** Near the most that Linux passes in one variable. */
const huge = 131_000

const lists: Record<string, Values> = {
  'idle=5,interval=2,probes=4,user_timeout=12000': [5, 2, 4, 12_000],
  'user_timeout=0,probes=127,interval=32767,idle=32767': [32_767, 32_767, 127, 0],
  'idle=1,interval=1,probes=1,user_timeout=1': [1, 1, 1, 1],
  'idle=900,interval=8,probes=3': [900, 8, 3, 924_000],
  // Beyond the kernel's own limit there is nothing to set.
  'idle=901,interval=8,probes=3': [901, 8, 3, 0],
  'idle=7200,interval=75,probes=9,user_timeout=auto': [7200, 75, 9, 0],
  'idle=7200,interval=75,probes=9,user_timeout=7875000': [7200, 75, 9, 7_875_000],
  'idle=32767,interval=32767,probes=127': [32_767, 32_767, 127, 0],
  'user_timeout=2147483647': [60, 10, 3, intMax],
  'user_timeout=2147483648': defaults,
  'idle=5,user_timeout=auto': [5, 10, 3, 35_000],
  'user_timeout=auto,idle=5,probes=1': [5, 10, 1, 15_000],
  'user_timeout=9,user_timeout=auto': defaults,
  'user_timeout=auto,user_timeout=9': [60, 10, 3, 9],
  'user_timeout=9,user_timeout=automatic': [60, 10, 3, 9],
  'user_timeout=9,user_timeout=aut': [60, 10, 3, 9],
  'idle=auto': defaults,
  'idle=5': [5, 10, 3, 35_000],
  'idle=5,idle=x': [5, 10, 3, 35_000],
  'idle=x,interval=2,probes=0': [60, 2, 3, 66_000],
  'idle=0': defaults,
  'idle=32768': defaults,
  'idle=4294967301': defaults,
  'idle=-1': defaults,
  'idle=+5': defaults,
  'idle= 5': defaults,
  'idle=5 ': defaults,
  'idle=5s': defaults,
  'idle=0x10': defaults,
  'idle=': defaults,
  idle: defaults,
  IDLE: defaults,
  'idleness=5': defaults,
  'idle=5;interval=2': defaults,
  'interval=0,probes=128,user_timeout=-1': defaults,
  '': defaults,
  ',': defaults,
  ',,=,=,==,idle=7,': [7, 10, 3, 37_000],
  '%s%n%n%n$(reboot)\u0001\u00ff': defaults,
  [`idle=${'9'.repeat(huge)}`]: defaults,
  [`${','.repeat(huge)}idle=9`]: [9, 10, 3, 39_000],
  [`idle=${'0'.repeat(huge)}8`]: [8, 10, 3, 38_000],
}

const open = async (program: string, variables: Variables): Promise<Values> => {
  const outcome = await run([program, 'tcp4'], preload(variables))
  expect(outcome).toMatchObject({ status: 0, stderr: '' })
  const [socket] = parseOptions(outcome.stdout)
  expect(socket?.keepalive).toBe(1)
  return [socket?.idle ?? -1, socket?.interval ?? -1, socket?.probes ?? -1, socket?.userTimeout ?? -1]
}

const program = (ctx: TestContext): Promise<string> => compile(ctx, 'open_sockets', temporaryFolder())

/** A huge name would drown the difference that a failed test prints. */
const shortened = (list: string): string => list.slice(0, 60)

it('takes what is right of LONGHAUL_KEEPALIVE, and defaults for the rest', async ctx => {
  const path = await program(ctx)
  const found = new Map<string, Values>()
  for (const list of Object.keys(lists))
    found.set(shortened(list), await open(path, { LONGHAUL_KEEPALIVE: list }))
  expect(found).toEqual(new Map(Object.entries(lists).map(([list, values]) => [shortened(list), values])))
})

it('is understood by the preview as by the library', () => {
  const found = Object.keys(lists).map(list => {
    const { idleSeconds, intervalSeconds, probes, userTimeoutMs } = parseKeepaliveVariable(list)
    return [shortened(list), [idleSeconds, intervalSeconds, probes, userTimeoutMs]]
  })
  expect(found).toEqual(Object.entries(lists).map(([list, values]) => [shortened(list), values]))
})

it('honours the variables of the older libkeepalive, where its own is not there', async ctx => {
  const path = await program(ctx)
  expect(await open(path, {})).toEqual(defaults)
  expect(await open(path, { KEEPIDLE: '5', KEEPINTVL: '2', KEEPCNT: '4' })).toEqual([5, 2, 4, 13_000])
  expect(await open(path, { KEEPIDLE: 'x', KEEPINTVL: '2,', KEEPCNT: '' })).toEqual(defaults)
  expect(await open(path, { KEEPIDLE: '5', LONGHAUL_KEEPALIVE: '' })).toEqual(defaults)
  expect(await open(path, { KEEPIDLETIME: '5', XKEEPIDLE: '5' })).toEqual(defaults)
})

it('prints its values once where LONGHAUL_DEBUG=1 asks for it, and nothing else', async ctx => {
  const path = await program(ctx)
  const debug = (value: string, userTimeout = '2147483647'): Promise<Outcome> =>
    run(
      [path, 'tcp4', 'tcp6'],
      preload({ LONGHAUL_DEBUG: value, LONGHAUL_KEEPALIVE: `user_timeout=${userTimeout}` }),
    )
  const line = 'longhaul: keepalive idle=60s interval=10s probes=3 user_timeout=2147483647ms\n'
  expect(await debug('1')).toMatchObject({ status: 0, stderr: line })
  const following = 'longhaul: keepalive idle=60s interval=10s probes=3 user_timeout=90000ms (auto)\n'
  expect(await debug('1', 'auto')).toMatchObject({ status: 0, stderr: following })
  for (const value of ['', '0', '10', 'true'])
    expect(await debug(value)).toMatchObject({ status: 0, stderr: '' })
})

it('works in a program without any environment', async ctx => {
  const path = await program(ctx)
  const outcome = await run([
    'env',
    '-i',
    ...Object.entries(preload()).map(pair => pair.join('=')),
    path,
    'tcp4',
  ])
  expect(parseOptions(outcome.stdout)).toMatchObject([{ keepalive: 1, idle: 60 }])
})
