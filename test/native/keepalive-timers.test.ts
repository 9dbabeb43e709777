/** TCP_USER_TIMEOUT under `user_timeout=auto`: it follows the timers that a program sets, and nothing else. */
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { describe, expect, it, type TestContext, vi } from 'vitest'
import { preload, sanitized } from './build.ts'
import { compile, makeLibrary } from './fixtures.ts'
import { type Command, isInstalled, type Outcome, run, temporaryFolder, type Variables } from './programs.ts'

/** Some compile the library first, or emulate another machine. */
vi.setConfig({ testTimeout: 60_000 })

const { EBADF, EFAULT, EINVAL, EOPNOTSUPP } = constants.errno
const auto = { LONGHAUL_KEEPALIVE: 'idle=60,interval=10,probes=3,user_timeout=auto' }

interface Step {
  readonly step: string
  readonly result: number
  readonly errno: number
  readonly userTimeout: number
}

type Setter = (kind: string, steps: readonly string[], variables?: Variables) => Promise<Step[]>

const stepsOf = ({ status, stdout, stderr }: Outcome): Step[] => {
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Step)
}

type MakeSetter = (ctx: TestContext) => Promise<Setter>

/** A program for this machine. */
const here =
  (compiler: string): MakeSetter =>
  async ctx => {
    ctx.skip(sanitized && compiler !== 'gcc', 'sanitizers know glibc only')
    const program = await compile(ctx, 'timers', temporaryFolder(), { compiler })
    return async (kind, steps, variables = auto) =>
      stepsOf(await run([program, kind, ...steps], preload(variables)))
  }

const muslSpecs = '/usr/lib/aarch64-linux-musl/musl-gcc.specs'

/** A program for arm64, emulated. */
const onArm64 =
  (flags: readonly string[], options: readonly string[]): MakeSetter =>
  async ctx => {
    ctx.skip(!isInstalled('qemu-aarch64-static'), 'qemu-aarch64-static is not installed')
    ctx.skip(flags.length > 0 && !existsSync(muslSpecs), 'musl-dev:arm64 is not installed')
    const folder = temporaryFolder()
    const compiler = 'aarch64-linux-gnu-gcc'
    const program = await compile(ctx, 'timers', folder, { compiler, flags })
    const crossBuilt = await makeLibrary(ctx, folder, { CC: compiler })
    const emulator: Command = ['qemu-aarch64-static', ...options, '-E', `LD_PRELOAD=${crossBuilt}`]
    return async (kind, steps, variables = auto) =>
      stepsOf(await run([...emulator, program, kind, ...steps], variables))
  }

/** What a program sets, in order, and the TCP_USER_TIMEOUT in milliseconds after each. */
const following: Record<string, Record<string, number>> = {
  'a longer idle time': { 'idle=300': 330_000 },
  'a shorter idle time': { 'idle=20': 50_000 },
  'an interval': { 'interval=2': 66_000 },
  'a count of probes': { 'probes=9': 150_000 },
  'all three, down to the least': { 'idle=10': 40_000, 'interval=1': 30_000, 'probes=10': 30_000 },
  'all three in the reverse order': { 'probes=10': 160_000, 'interval=1': 70_000, 'idle=10': 30_000 },
  'up again from the least': {
    'idle=1': 31_000,
    'interval=1': 30_000,
    'probes=1': 30_000,
    'idle=600': 601_000,
  },
  'back to where it was': { 'idle=20': 50_000, 'idle=60': 90_000, 'probes=4': 100_000 },
  "up to the kernel's own limit": { 'idle=894': 924_000, 'idle=895': 0 },
  'the classic ones': { 'idle=7200': 0, 'interval=75': 0, 'probes=9': 0 },
  'the classic ones in the reverse order': { 'probes=9': 150_000, 'interval=75': 735_000, 'idle=7200': 0 },
  "back from beyond the kernel's limit": {
    'idle=7200': 0,
    'interval=5': 0,
    'idle=300': 315_000,
    'idle=10': 30_000,
  },
  'the longest': { 'idle=32767': 0, 'probes=127': 0, 'interval=32767': 0 },
  'options of other kinds': {
    'idle=300': 330_000,
    'nodelay=1': 330_000,
    'reuse=1': 330_000,
    'dontroute=1': 330_000,
  },
  'its own user timeout after timers': { 'idle=300': 330_000, 'user-timeout=7000': 7000, 'probes=5': 7000 },
  'its own user timeout before timers': { 'user-timeout=7000': 7000, 'idle=300': 7000, 'interval=75': 7000 },
  'no user timeout': { 'user-timeout=0': 0, 'idle=300': 0, 'interval=75': 0, 'probes=9': 0 },
}

/** The same where Longhaul's own timers are short: the least is what was set at first. */
const followingShort: Record<string, Record<string, number>> = {
  'longer timers': { 'idle=300': 304_000 },
  'timers as short': { 'idle=1': 9000, 'probes=1': 9000 },
}

/** The same where Longhaul's own timers are beyond the kernel's limit. */
const followingLong: Record<string, Record<string, number>> = {
  'shorter timers': { 'idle=60': 90_000, 'idle=10': 40_000, 'probes=1': 30_000 },
  'timers as long': { 'interval=75': 0, 'probes=9': 0 },
  'no user timeout, between timers': { 'idle=60': 90_000, 'user-timeout=0': 0, 'idle=300': 0, 'probes=9': 0 },
}

const timeouts = (steps: readonly Step[]): Record<string, number> =>
  Object.fromEntries(steps.map(({ step, userTimeout }) => [step, userTimeout]))

describe.each([
  { name: 'glibc', makeSetter: here('gcc') },
  { name: 'musl', makeSetter: here('musl-gcc') },
  { name: 'glibc on arm64', makeSetter: onArm64([], ['-L', '/usr/aarch64-linux-gnu']) },
  { name: 'musl on arm64', makeSetter: onArm64([`-specs=${muslSpecs}`], []) },
])('a program with $name', ({ makeSetter }) => {
  it('has a user timeout that follows its timers', async ctx => {
    const set = await makeSetter(ctx)
    for (const [what, expected] of Object.entries(following)) {
      const steps = await set('tcp', Object.keys(expected))
      expect([what, timeouts(steps)]).toEqual([what, expected])
      for (const each of steps) expect([what, each]).toMatchObject([what, { result: 0, errno: 0 }])
    }
  })

  it('has one where the list leaves the user timeout out, and where its timers are short or long', async ctx => {
    const set = await makeSetter(ctx)
    const short = { LONGHAUL_KEEPALIVE: 'idle=5,interval=2,probes=2' }
    for (const [what, expected] of Object.entries(followingShort))
      expect([what, timeouts(await set('tcp', Object.keys(expected), short))]).toEqual([what, expected])
    const long = { LONGHAUL_KEEPALIVE: 'idle=3600,interval=10,probes=3' }
    for (const [what, expected] of Object.entries(followingLong))
      expect([what, timeouts(await set('tcp', Object.keys(expected), long))]).toEqual([what, expected])
  })

  it('has one on accepted sockets, and for options that a signal handler sets', async ctx => {
    const set = await makeSetter(ctx)
    const expected = { 'idle=200': 230_000, 'interval=75': 425_000, 'probes=9': 875_000 }
    for (const kind of ['accepted', 'signal'])
      expect([kind, timeouts(await set(kind, Object.keys(expected)))]).toEqual([kind, expected])
  })

  it('keeps a user timeout that is a number, and none', async ctx => {
    const set = await makeSetter(ctx)
    for (const milliseconds of [90_000, 12_000, 0]) {
      const variables = { LONGHAUL_KEEPALIVE: `idle=60,interval=10,probes=3,user_timeout=${milliseconds}` }
      const steps = await set('tcp', ['idle=300', 'interval=1', 'probes=9'], variables)
      expect(steps.map(({ userTimeout }) => userTimeout)).toEqual(steps.map(() => milliseconds))
    }
  })

  it('is told of an option that fails, and nothing changes', async ctx => {
    const set = await makeSetter(ctx)
    const failed = (step: string, errno: number, userTimeout: number): Step => {
      return { step, result: -1, errno, userTimeout }
    }
    const names = ['idle', 'interval', 'probes']
    const noughts = names.map(name => `${name}=0`)
    expect(await set('tcp', noughts)).toEqual(noughts.map(step => failed(step, EINVAL, 90_000)))
    expect(await set('tcp', names)).toEqual(names.map(step => failed(step, EFAULT, 90_000)))
    expect(await set('closed', ['idle=300'])).toEqual([failed('idle=300', EBADF, -1)])
    for (const kind of ['udp', 'unix']) {
      const found = await set(kind, ['idle=300'])
      expect(found).toMatchObject([{ result: -1, userTimeout: -1 }])
      expect(found).toEqual(await set(kind, ['idle=300'], { LONGHAUL_KEEPALIVE: 'user_timeout=0' }))
    }
    expect(await set('unix', ['idle=300'])).toEqual([failed('idle=300', EOPNOTSUPP, -1)])
  })
})

it('makes six calls more for each of the timers, and none for other options', async ctx => {
  ctx.skip(!isInstalled('strace'), 'strace is not installed')
  const program = await compile(ctx, 'timers', temporaryFolder())
  const calls = async (steps: readonly string[], variables: Variables): Promise<number> => {
    const assignments = Object.entries(variables).flatMap(([name, value]) => ['-E', `${name}=${value}`])
    const trace: Command = ['strace', '-f', '-e', 'trace=setsockopt,getsockopt', '-e', 'signal=none']
    const { status, stderr } = await run([...trace, ...assignments, program, 'tcp', ...steps])
    expect(status).toBe(0)
    return stderr.split('\n').filter(line => /^[gs]etsockopt\(/.test(line)).length
  }
  /** Those that the steps make, without the five that socket() makes. */
  const extraCalls = async (steps: readonly string[], variables = auto): Promise<number> =>
    (await calls(steps, preload(variables))) - (await calls(steps, {})) - 5
  expect(await extraCalls(['nodelay=1', 'reuse=1', 'dontroute=1', 'user-timeout=7000'])).toBe(0)
  for (const step of ['idle=20', 'interval=2', 'probes=9'])
    expect([step, await extraCalls([step])]).toEqual([step, 6])
  expect(await extraCalls(['idle=20', 'interval=2'], { LONGHAUL_KEEPALIVE: 'user_timeout=90000' })).toBe(0)
})
