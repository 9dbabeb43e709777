/** longhaul install, on real file systems: what lies in the folder afterwards, and what a failure leaves behind. */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { describe, expect, it, type TestContext } from 'vitest'
import { binary, library, sanitized } from './build.ts'
import { type Outcome, run, temporaryFolder } from './programs.ts'

const nobody = 65_534
const asNobody = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'] as const
const root = process.getuid?.() === 0
const done = { status: 0, stdout: '', stderr: '' }
const failed = (message: string) => ({ status: 1, stdout: '', stderr: `longhaul: install: ${message}\n` })

const settings = 'idle=5,interval=2,probes=4,user_timeout=auto'

const install = (folder: string, ...prefix: readonly string[]): Promise<Outcome> =>
  run(['env', ...prefix, binary, 'install', folder])

const expectInstalled = (folder: string): void => {
  expect(readdirSync(folder).sort()).toEqual(['libkeepalive.so', 'longhaul'])
  for (const [name, source] of [
    ['libkeepalive.so', library],
    ['longhaul', binary],
  ] as const) {
    expect(statSync(`${folder}/${name}`).mode & 0o7777).toBe(0o555)
    expect(readFileSync(`${folder}/${name}`).equals(readFileSync(source))).toBe(true)
  }
}

/** Runs a shell script, with these parameters, where it may mount what it likes. */
const runMounting = async (
  ctx: TestContext,
  script: string,
  ...parameters: readonly string[]
): Promise<Outcome> => {
  const unshare = ['unshare', '-Urm', 'sh', '-euc'] as const
  const trial = await run([...unshare, 'mount -t tmpfs none /mnt'])
  ctx.skip(trial.status !== 0, `no mount namespace: ${trial.stderr}`)
  return run([...unshare, script, 'sh', binary, ...parameters])
}

describe('writes both files', () => {
  it('into an empty folder', async () => {
    const folder = temporaryFolder()
    expect(await install(folder)).toEqual(done)
    expectInstalled(folder)
  })

  it('with the same mode under any umask', async () => {
    const folder = temporaryFolder()
    expect(await install(folder, 'sh', '-c', 'umask 0777; exec "$@"', 'sh')).toEqual(done)
    expectInstalled(folder)
  })

  it('not again where they are already, run from there', async () => {
    const folder = temporaryFolder()
    await install(folder)
    const inodes = () => readdirSync(folder).map(name => statSync(`${folder}/${name}`).ino)
    const before = inodes()
    expect(await run([`${folder}/longhaul`, 'install', folder])).toEqual(done)
    expectInstalled(folder)
    expect(inodes()).toEqual(before)
  })

  it.each([
    [
      'a byte at the end differs',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.of(7)]),
      0o555,
    ],
    ['it is shorter', (bytes: Buffer) => bytes.subarray(0, -1), 0o555],
    ['it is longer', (bytes: Buffer) => Buffer.concat([bytes, Buffer.of(0)]), 0o555],
    ['it has another mode', (bytes: Buffer) => bytes, 0o500],
  ])('over what is almost the same: %s', async (_name, change, mode) => {
    const folder = temporaryFolder()
    writeFileSync(`${folder}/longhaul`, change(readFileSync(binary)), { mode })
    chmodSync(`${folder}/longhaul`, mode)
    expect(await install(folder)).toEqual(done)
    expectInstalled(folder)
  })

  it('again into a volume that has no room for two copies', async ctx => {
    const script = [
      'mount -t tmpfs -o size=$(($(stat -Lc %s "$1" "$2" | paste -sd+) + 16384)) none /mnt',
      '"$1" install /mnt',
      // What is left is filled, so that not even the smaller file fits again.
      'dd if=/dev/zero of=/mnt/other 2>/dev/null || true',
      '"$1" install /mnt',
      'ls /mnt',
    ]
    const { status, stdout, stderr } = await runMounting(ctx, script.join('\n'), library)
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toBe('libkeepalive.so\nlonghaul\nother\n')
  })

  it('over older ones', async () => {
    const folder = temporaryFolder()
    for (const name of ['longhaul', 'libkeepalive.so'])
      writeFileSync(`${folder}/${name}`, 'older', { mode: 0o400 })
    expect(await install(folder)).toEqual(done)
    expectInstalled(folder)
  })

  it('when several run at once', async () => {
    const folder = temporaryFolder()
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => install(folder)))
    expect(outcomes).toEqual(Array.from({ length: 8 }, () => done))
    expectInstalled(folder)
  })

  it('as any user that may write the folder', async ctx => {
    ctx.skip(!root, 'only root can become another user')
    const folder = temporaryFolder()
    for (const file of [binary, library])
      copyFileSync(file, `${folder}/${file.slice(file.lastIndexOf('/') + 1)}`)
    mkdirSync(`${folder}/target`)
    chownSync(`${folder}/target`, nobody, nobody)
    expect(await run([...asNobody, `${folder}/longhaul`, 'install', `${folder}/target`])).toEqual(done)
    expectInstalled(`${folder}/target`)
    expect(statSync(`${folder}/target/longhaul`).uid).toBe(nobody)
  })

  it('from a read-only root, where it lies at the top as in its image', async ctx => {
    ctx.skip(sanitized, "a sanitizer's runtime is not in the image")
    const image = temporaryFolder()
    const script = `cp "$1" "$2" "$3"; cd "$3"; mkdir -p proc opt/longhaul
      mount --bind . .; cd "$3"; mount --rbind /proc proc; mount -t tmpfs none opt/longhaul
      mount -o remount,bind,ro .
      if touch probe 2>/dev/null; then echo not read-only; fi
      chroot . /longhaul install /opt/longhaul; ls opt/longhaul`
    const outcome = await runMounting(ctx, script, library, image)
    expect(outcome).toMatchObject({ status: 0, stdout: 'libkeepalive.so\nlonghaul\n' })
  })
})

describe('writes, for programs that lose their environment,', () => {
  const installBoth = (folder: string, keepalive = settings): Promise<Outcome> =>
    run([binary, 'install', folder, `--keepalive=${keepalive}`])
  const names = ['ld.so.preload', 'libkeepalive.conf'] as const

  it('where the library is, and its settings', async () => {
    const folder = temporaryFolder()
    expect(await installBoth(folder)).toEqual(done)
    expect(readdirSync(folder).sort()).toEqual([names[0], names[1], 'libkeepalive.so', 'longhaul'])
    expect(names.map(name => readFileSync(`${folder}/${name}`, 'utf8'))).toEqual([
      `${folder}/libkeepalive.so\n`,
      `${settings}\n`,
    ])
    expect(names.map(name => statSync(`${folder}/${name}`).mode & 0o7777)).toEqual([0o444, 0o444])
  })

  it('neither again where they are already, but other settings', async () => {
    const folder = temporaryFolder()
    const inodes = () => names.map(name => statSync(`${folder}/${name}`).ino)
    await installBoth(folder)
    const before = inodes()
    expect(await installBoth(folder)).toEqual(done)
    expect(inodes()).toEqual(before)
    expect(await installBoth(folder, 'idle=7')).toEqual(done)
    expect(readFileSync(`${folder}/libkeepalive.conf`, 'utf8')).toBe('idle=7\n')
    expect(inodes()[0]).toBe(before[0])
  })

  it.each([
    '',
    ',',
    'idle',
    'idle=',
    'idle=0',
    'idle=32768',
    'idle=5,',
    'idle=5 ',
    'idle=5\n',
    'idle=5;interval=2',
    'idle=5,interval=2,probes=4,user_timeout=-1',
    'idle=5,idleness=5',
    `idle=${'0'.repeat(200)}5`,
  ])('only settings that the library understands: not %j', async keepalive => {
    const folder = temporaryFolder()
    const { status, stderr } = await installBoth(folder, keepalive)
    expect(status).toBe(2)
    expect(stderr).toMatch(/^longhaul: install: --keepalive: "[^"]*" is not such as /)
    expect(readdirSync(folder)).toEqual([])
  })

  it.each(['relative', '/tmp/two words', '/tmp/a:b', '/tmp/#a'])(
    'only a path that can stand in the one: not %j',
    async folder => {
      const { status, stderr } = await installBoth(folder)
      expect(status).toBe(2)
      expect(stderr).toMatch(/^longhaul: install: with --keepalive, the folder's path must [^\n]+\n$/)
    },
  )
})

describe('says in one line what is wrong, and leaves nothing behind', () => {
  it('no such folder', async () => {
    const folder = `${temporaryFolder()}/missing`
    expect(await install(folder)).toEqual(failed(`${folder}: No such file or directory`))
  })

  it('a file in place of the folder', async () => {
    expect(await install(library)).toEqual(failed(`${library}: Not a directory`))
  })

  it('a path too long', async () => {
    const { status, stderr } = await install(`/${'x'.repeat(5000)}`)
    expect(status).toBe(1)
    expect(stderr.replaceAll('x', '')).toMatch(/^longhaul: install: \/: File ?name too long\n$/)
  })

  it('a folder that is not to be written', async ctx => {
    ctx.skip(!root, 'only root can become another user')
    const folder = temporaryFolder()
    copyFileSync(binary, `${folder}/longhaul`)
    copyFileSync(library, `${folder}/libkeepalive.so`)
    mkdirSync(`${folder}/target`)
    chmodSync(`${folder}/target`, 0o755)
    const outcome = await run([...asNobody, `${folder}/longhaul`, 'install', `${folder}/target`])
    expect(outcome).toEqual(failed(`${folder}/target: Permission denied`))
    expect(readdirSync(`${folder}/target`)).toEqual([])
  })

  it('a library that is not there', async () => {
    const folder = temporaryFolder()
    mkdirSync(`${folder}/target`)
    copyFileSync(binary, `${folder}/longhaul`)
    const outcome = await run([`${folder}/longhaul`, 'install', `${folder}/target`])
    expect(outcome).toEqual(failed(`${folder}/libkeepalive.so: No such file or directory`))
    expect(readdirSync(`${folder}/target`)).toEqual([])
  })

  it('a folder in place of a file', async () => {
    const folder = temporaryFolder()
    mkdirSync(`${folder}/libkeepalive.so`)
    expect(await install(folder)).toEqual(failed(`${folder}/libkeepalive.so: Is a directory`))
    expect(readdirSync(folder)).toEqual(['libkeepalive.so'])
  })

  it('a limit on the size of files', async () => {
    const folder = temporaryFolder()
    const outcome = await install(folder, 'prlimit', '--fsize=4096')
    expect(outcome).toEqual(failed(`${folder}/libkeepalive.so: File too large`))
    expect(readdirSync(folder)).toEqual([])
  })

  it('a full disk', async ctx => {
    const script = `mount -t tmpfs -o size=4k none /mnt
      "$1" install /mnt || echo "exit $?"
      ls -A /mnt`
    expect(await runMounting(ctx, script)).toEqual({
      status: 0,
      stdout: 'exit 1\n',
      stderr: 'longhaul: install: /mnt/libkeepalive.so: No space left on device\n',
    })
  })

  it('a full disk that holds older files, which stay', async ctx => {
    const script = `mount -t tmpfs -o size=8k none /mnt
      echo older >/mnt/longhaul; echo older >/mnt/libkeepalive.so
      "$1" install /mnt || echo "exit $?"
      ls -A /mnt; cat /mnt/longhaul /mnt/libkeepalive.so`
    const outcome = await runMounting(ctx, script)
    expect(outcome).toMatchObject({ stdout: 'exit 1\nlibkeepalive.so\nlonghaul\nolder\nolder\n' })
  })

  it.each([
    [[]],
    [['a', 'b']],
    [['a', '--keepalive']],
    [['--mode=0777', 'a']],
    [['a', '-m']],
    [['--']],
    [['']],
  ])('a call that is wrong: %j', async parameters => {
    const { status, stdout, stderr } = await run([binary, 'install', ...parameters])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^longhaul: install: [^\n]+\n$/)
  })
})
