/** The library as /etc/ld.so.preload has it loaded, the way a pod gets that file: into programs that have lost their environment. */
import { chmodSync, chownSync, copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, it, type TestContext, vi } from 'vitest'
import { binary, sanitized } from './build.ts'
import { compile, parseOptions } from './fixtures.ts'
import { type Outcome, run, temporaryFolder, type Variables } from './programs.ts'

/** The first compiles with musl, and some run several programs. */
vi.setConfig({ testTimeout: 60_000 })

const root = process.getuid?.() === 0
const nobody = 65_534
const defaults = { keepalive: 1, idle: 60, interval: 10, probes: 3, userTimeout: 90_000 }
const installed = { keepalive: 1, idle: 5, interval: 2, probes: 4, userTimeout: 13_000 }
const settings = 'idle=5,interval=2,probes=4,user_timeout=auto'
const sigurgBit = 1n << 22n

interface Container {
  folder: string
  /** The program that prints a socket's options. */
  program: string
  /** Runs a command where the installed file is mounted at /etc/ld.so.preload, with these variables and no others. */
  run(command: readonly string[], variables?: Variables): Promise<Outcome>
}

const container = async (ctx: TestContext, compiler = 'gcc'): Promise<Container> => {
  ctx.skip(sanitized, "a sanitizer's runtime must come before the library")
  const folder = temporaryFolder()
  const program = await compile(ctx, 'open_sockets', folder, { compiler })
  const unshare = ['unshare', root ? '-m' : '-Urm', 'sh', '-euc'] as const
  const mount = `mount -t tmpfs none /etc
    touch /etc/ld.so.preload
    mount --bind -o ro "$0" /etc/ld.so.preload
    exec env -i "$@"`
  const trial = await run([...unshare, 'mount -t tmpfs none /etc'])
  ctx.skip(trial.status !== 0, `no mount namespace: ${trial.stderr}`)
  expect(await run([binary, 'install', folder, `--keepalive=${settings}`])).toMatchObject({ status: 0 })
  return {
    folder,
    program,
    run: (command, variables = {}) => {
      const assignments = Object.entries(variables).map(pair => pair.join('='))
      return run([...unshare, mount, `${folder}/ld.so.preload`, ...assignments, ...command])
    },
  }
}

it('is loaded into a program without any environment, with the settings that were installed', async ctx => {
  const { program, run: inside } = await container(ctx)
  const { status, stdout, stderr } = await inside([program, 'tcp4'])
  expect([status, stderr]).toEqual([0, ''])
  expect(parseOptions(stdout)).toMatchObject([installed])
})

it('leaves the first word to LONGHAUL_KEEPALIVE, but not to the older variables', async ctx => {
  const { program, run: inside } = await container(ctx)
  const own = await inside([program, 'tcp4'], { LONGHAUL_KEEPALIVE: 'idle=7' })
  expect(parseOptions(own.stdout)).toMatchObject([{ ...defaults, idle: 7, userTimeout: 37_000 }])
  const older = await inside([program, 'tcp4'], { KEEPIDLE: '7' })
  expect(parseOptions(older.stdout)).toMatchObject([installed])
})

it('is loaded once where LD_PRELOAD names it, too', async ctx => {
  const { folder, program, run: inside } = await container(ctx)
  const variables = { LD_PRELOAD: `${folder}/libkeepalive.so`, LONGHAUL_DEBUG: '1' }
  const { status, stderr } = await inside([program, 'tcp4'], variables)
  expect(status).toBe(0)
  expect(stderr.match(/longhaul: keepalive/g)).toHaveLength(1)
})

const files: Record<string, object> = {
  'idle=5': { ...defaults, idle: 5, userTimeout: 35_000 },
  'idle=5\nidle=6\n': { ...defaults, idle: 5, userTimeout: 35_000 },
  '': defaults,
  '\n': defaults,
  'nonsense\u0000=\n': defaults,
  [`${','.repeat(5000)}idle=9`]: defaults,
}

it('takes what is right of any file, and defaults for the rest', async ctx => {
  const { folder, program, run: inside } = await container(ctx)
  const found: Record<string, unknown> = {}
  for (const text of Object.keys(files)) {
    rmSync(`${folder}/libkeepalive.conf`)
    writeFileSync(`${folder}/libkeepalive.conf`, text)
    const { stdout, stderr } = await inside([program, 'tcp4'])
    expect(stderr).toBe('')
    found[text] = parseOptions(stdout)[0]
  }
  expect(found).toMatchObject(files)
})

it('honours the older variables where there is no file', async ctx => {
  const { folder, program, run: inside } = await container(ctx)
  rmSync(`${folder}/libkeepalive.conf`)
  const { stdout } = await inside([program, 'tcp4'], { KEEPIDLE: '7' })
  expect(parseOptions(stdout)).toMatchObject([{ ...defaults, idle: 7, userTimeout: 37_000 }])
})

const setUid = (file: string): void => {
  chownSync(file, nobody, nobody)
  chmodSync(file, 0o4755)
}

it('is loaded into a set-uid program, and trusts no variable there', async ctx => {
  ctx.skip(!root, 'only root can make a program that is set-uid for another user')
  const { program, run: inside } = await container(ctx)
  const variables = { LONGHAUL_KEEPALIVE: 'idle=7', KEEPCNT: '7', LONGHAUL_DEBUG: '1' }
  const before = await inside([program, 'tcp4'], variables)
  expect(before.stderr).not.toBe('')
  expect(parseOptions(before.stdout)).toMatchObject([{ idle: 7 }])
  setUid(program)
  const { status, stdout, stderr } = await inside([program, 'tcp4'], variables)
  expect([status, stderr]).toEqual([0, ''])
  expect(parseOptions(stdout)).toMatchObject([installed])
})

it('takes no signals in a set-uid program, from whoever started it', async ctx => {
  ctx.skip(!root, 'only root can make a program that is set-uid for another user')
  const { folder, run: inside } = await container(ctx)
  const cat = `${folder}/cat`
  copyFileSync('/bin/cat', cat)
  const catches = async (): Promise<boolean> => {
    const { stdout } = await inside([cat, '/proc/self/status'])
    const mask = /^SigCgt:\t([0-9a-f]+)$/m.exec(stdout)?.[1]
    return (BigInt(`0x${mask}`) & sigurgBit) !== 0n
  }
  expect(await catches()).toBe(true)
  setUid(cat)
  expect(await catches()).toBe(false)
})

it('is not loaded by musl, whose programs run as before', async ctx => {
  const { program, run: inside } = await container(ctx, 'musl-gcc')
  const { status, stdout, stderr } = await inside([program, 'tcp4'])
  expect([status, stderr]).toEqual([0, ''])
  expect(parseOptions(stdout)).toMatchObject([{ keepalive: 0 }])
})

it('is not looked for under another root that has no such file', async ctx => {
  const { folder, program, run: inside } = await container(ctx)
  const script = `mkdir "$0/root"; cd "$0/root"
    mkdir usr proc; mount --rbind /usr usr; for name in bin lib lib64; do ln -s "usr/$name" "$name"; done
    cp "$1" program; exec chroot . /program tcp4`
  const { status, stdout, stderr } = await inside(['sh', '-euc', script, folder, program])
  expect([status, stderr]).toEqual([0, ''])
  expect(parseOptions(stdout)).toMatchObject([{ keepalive: 0 }])
})
