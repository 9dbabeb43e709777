/** The library among other libraries, in threads, on arm64, and where the loader must ignore it. */
import { chmodSync, chownSync, existsSync } from 'node:fs'
import { expect, it, vi } from 'vitest'
import { library, preload, sanitized } from './build.ts'
import { compile, makeLibrary, parseOptions } from './fixtures.ts'
import { isInstalled, run, temporaryFolder } from './programs.ts'

/** Some compile the library first, or emulate another machine. */
vi.setConfig({ testTimeout: 60_000 })

const settings = { LONGHAUL_KEEPALIVE: 'idle=5' }
const chosen = { keepalive: 1, idle: 5, interval: 10, probes: 3, userTimeout: 35_000 }
/** What a socket has whose program sets its idle time to seven seconds. */
const ownIdle = { ...chosen, idle: 7, userTimeout: 37_000 }
const nobody = 65_534
const shared = { flags: ['-shared', '-fPIC'] }

it('lets another interposer of its functions run, on either side of it', async ctx => {
  const folder = temporaryFolder()
  const program = await compile(ctx, 'open_sockets', folder)
  const interposer = await compile(ctx, 'interposer', folder, shared)
  for (const libraries of [
    [library, interposer],
    [interposer, library],
  ]) {
    const { stdout } = await run([program, 'tcp4', 'own-idle'], preload(settings, libraries))
    expect(parseOptions(stdout)).toMatchObject([
      { ...chosen, typeOfService: 0x28 },
      { ...ownIdle, typeOfService: 0x30 },
    ])
  }
})

it('survives a library in front of it that hooks dlsym()', async ctx => {
  const folder = temporaryFolder()
  const program = await compile(ctx, 'open_sockets', folder)
  // The hook must stay the caller that the real dlsym() sees: no tail call.
  const flags = [...shared.flags, '-fno-optimize-sibling-calls']
  const hook = await compile(ctx, 'dlsym_hook', folder, { flags })
  for (const libraries of [
    [library, hook],
    [hook, library],
  ]) {
    const { status, stdout } = await run(
      [program, 'tcp4', 'own-idle', 'impossible'],
      preload(settings, libraries),
    )
    expect([status, parseOptions(stdout)]).toMatchObject([0, [chosen, ownIdle, { name: 'impossible' }]])
  }
})

it('serves sockets that are opened, and options that are set, before its constructor has run', async ctx => {
  const folder = temporaryFolder()
  const program = await compile(ctx, 'open_sockets', folder)
  const early = await compile(ctx, 'early', folder, shared)
  const { stdout } = await run([program, 'tcp4'], preload(settings, [library, early]))
  expect(parseOptions(stdout)).toMatchObject([
    { name: 'early', ...chosen },
    { name: 'early, own idle time', ...chosen, idle: 100, userTimeout: 130_000 },
    { name: 'tcp4', ...chosen },
  ])
})

it('works where there is no libc to find dlsym, environ or errno in', async ctx => {
  ctx.skip(sanitized, 'a sanitizer brings a libc along')
  const program = await compile(ctx, 'without_libc', temporaryFolder(), { flags: ['-nostdlib', library] })
  expect(await run([program], settings)).toEqual({ status: 0, stdout: '', stderr: '' })
})

it('serves many threads at once', async ctx => {
  const program = await compile(ctx, 'threads', temporaryFolder(), { flags: ['-pthread'] })
  expect(await run([program], preload(settings))).toMatchObject({ status: 0, stderr: '' })
})

it('has no data race, even where threads open sockets before its constructor has run', async ctx => {
  const folder = temporaryFolder()
  // ThreadSanitizer's map of the memory leaves no room for as much address randomisation as newer kernels use.
  const fixedAddresses = ['setarch', '-R'] as const
  ctx.skip((await run([...fixedAddresses, 'true'])).status !== 0, 'setarch -R is forbidden here')
  const sanitizer = ['-pthread', '-fsanitize=thread']
  const program = await compile(ctx, 'threads', folder, { flags: sanitizer })
  const early = await compile(ctx, 'early_threads', folder, { flags: [...shared.flags, ...sanitizer] })
  const instrumented = await makeLibrary(ctx, folder, { CC: 'gcc', SANITIZE: 'thread' })
  const outcome = await run([...fixedAddresses, program], preload(settings, [instrumented, early]))
  expect(outcome).toEqual({ status: 0, stdout: '', stderr: '' })
})

it('is not loaded into a static program, which runs as before', async ctx => {
  const program = await compile(ctx, 'open_sockets', temporaryFolder(), { flags: ['-static'] })
  const before = await run([program, 'tcp4'])
  expect(parseOptions(before.stdout)).toMatchObject([{ keepalive: 0, userTimeout: 0 }])
  expect(await run([program, 'tcp4'], preload(settings))).toEqual(before)
})

it('is not loaded into a set-uid program, which runs as before', async ctx => {
  ctx.skip(process.getuid?.() !== 0, 'only root can make a program that is set-uid for another user')
  const program = await compile(ctx, 'open_sockets', temporaryFolder())
  chownSync(program, nobody, nobody)
  chmodSync(program, 0o4755)
  const before = await run([program, 'tcp4'])
  expect(parseOptions(before.stdout)).toMatchObject([{ keepalive: 0, userTimeout: 0 }])
  expect(await run([program, 'tcp4'], preload(settings))).toEqual(before)
})

const muslSpecs = '/usr/lib/aarch64-linux-musl/musl-gcc.specs'

it.for([
  { libc: 'glibc', flags: [] },
  { libc: 'musl', flags: [`-specs=${muslSpecs}`] },
])('works on arm64 with $libc', async ({ libc, flags }, ctx) => {
  ctx.skip(!isInstalled('qemu-aarch64-static'), 'qemu-aarch64-static is not installed')
  ctx.skip(libc === 'musl' && !existsSync(muslSpecs), 'musl-dev:arm64 is not installed')
  const folder = temporaryFolder()
  const compiler = 'aarch64-linux-gnu-gcc'
  const program = await compile(ctx, 'open_sockets', folder, { compiler, flags })
  const crossBuilt = await makeLibrary(ctx, folder, { CC: compiler })
  const glibcRoot = libc === 'glibc' ? ['-L', '/usr/aarch64-linux-gnu'] : []
  const emulator = ['qemu-aarch64-static', ...glibcRoot, '-E', `LD_PRELOAD=${crossBuilt}`] as const
  const kinds = ['tcp4', 'tcp6', 'accepted', 'own', 'own-idle', 'impossible', 'udp4', 'unix']
  const { status, stdout } = await run([...emulator, program, ...kinds], settings)
  expect(status).toBe(0)
  expect(parseOptions(stdout)).toMatchObject([
    chosen,
    chosen,
    chosen,
    { ...chosen, idle: 7, userTimeout: 0 },
    ownIdle,
    { name: 'impossible' },
    { name: 'udp4', keepalive: 0 },
    { name: 'unix', keepalive: 0 },
  ])
})
