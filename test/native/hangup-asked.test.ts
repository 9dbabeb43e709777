/** Hangups where pidfd_getfd(2) is forbidden, as in most containers: the preloaded library does them. */

import { setTimeout as delay } from 'node:timers/promises'
import { beforeEach, expect, test, vi } from 'vitest'
import { binary as longhaul, preload, sanitized } from './build.ts'
import { borrowing, compile } from './fixtures.ts'
import { temporaryFolder } from './programs.ts'
import { createSandbox, missingForSandbox, type Peer, runOutside, type Sandbox } from './sandbox.ts'

vi.setConfig({ testTimeout: 60_000 })

const missing = missingForSandbox()
/** Of no system call, for a filter that forbids nothing more. */
const nothing = '100000'
/** Than a process that runs is given to hang up. */
const longerThanGivenMs = 700

let forbid: string

beforeEach(async context => {
  if (missing !== undefined) context.skip(missing)
  forbid = await compile(context, 'forbid', temporaryFolder())
})

/** Runs programs with the container's profile, and what else is given. */
const confined = (...program: string[]) => [forbid, borrowing, ...program]

const variables = (more: Record<string, string> = {}) =>
  Object.entries({ ...preload(), ...more }).map(pair => pair.join('='))

const withLibrary = (...more: string[]) => confined('env', ...variables(), ...more)

/** Clients in a process without the library, connected to a server in one of those that are run so. */
async function serve(sandbox: Sandbox, through: readonly string[], count = 3) {
  const server = sandbox.peer({ through })
  const client = sandbox.peer({ through: confined() })
  const { port } = await server.ask('listen 127.0.0.1')
  await client.ask(`connect 127.0.0.1 ${port} ${count}`)
  await expect.poll(() => server.ask('state')).toMatchObject({ accepted: count })
  return { server, client, port }
}

const hangUp = (sandbox: Sandbox, ...call: string[]) =>
  sandbox.run([longhaul, 'hangup', ...call], { through: confined() })

const expectUnharmed = (peer: Peer, count: number) =>
  expect(peer.ask('state')).resolves.toMatchObject({ open: count, ended: 0, reset: 0 })

test('the library hangs up, with a FIN, and touches nothing else', async () => {
  await using sandbox = await createSandbox()
  const chosen = await serve(sandbox, withLibrary(), 100)
  const other = await serve(sandbox, withLibrary(), 2)

  const finished = await hangUp(sandbox, '--local', '127.0.0.1', String(chosen.port))

  expect(finished).toMatchObject({ status: 0, stderr: '' })
  expect(finished.stdout).toMatch(/\n100 hung-up\n$/)
  for (const peer of [chosen.client, chosen.server]) {
    await expect.poll(() => peer.ask('state')).toMatchObject({ ended: 100, reset: 0, open: 0 })
  }
  await expectUnharmed(other.server, 2)
})

test.each([
  ['has no library', () => confined(), 'without libkeepalive.so'],
  ['is told not to', () => withLibrary('LONGHAUL_HANGUP=off'), 'LONGHAUL_HANGUP=off'],
  ['is under a filter of its own', () => withLibrary(forbid, nothing), 'seccomp filter of its own'],
])('a process that %s is not reached, and that is said before', async (_, through, said) => {
  await using sandbox = await createSandbox()
  const { server, client, port } = await serve(sandbox, through())

  for (const call of [['--dry-run'], []]) {
    const { status, stdout, stderr } = await hangUp(sandbox, ...call, '--local', '127.0.0.1', String(port))
    expect([status, stdout]).toEqual([1, expect.stringMatching(/\n3 not-reached\n$/)])
    expect(stderr).toContain("the container's seccomp profile")
    expect(stderr).toContain(said)
    expect(stderr).toContain('--netns')
    const lines = await hangUp(sandbox, ...call, '--json', '--local', '127.0.0.1', String(port))
    const reasons = lines.stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).reason)
    expect(reasons).toEqual(Array(3).fill(expect.stringContaining(said)))
  }
  await expectUnharmed(server, 3)
  await expectUnharmed(client, 3)
})

test.each(['caught', 'blocked'])(
  'a process with SIGURG %s by itself is asked once, and unharmed',
  async way => {
    await using sandbox = await createSandbox()
    const { server, port } = await serve(sandbox, withLibrary())
    await server.ask(`urge ${way}`)

    const { status, stdout, stderr } = await hangUp(sandbox, '--local', '127.0.0.1', String(port))

    expect([status, stdout]).toEqual([1, expect.stringMatching(/\n3 not-reached\n$/)])
    expect(stderr).toContain('catches or blocks SIGURG itself')
    await expectUnharmed(server, 3)
  },
)

test('a process that does not get to it for a while is waited for', async () => {
  await using sandbox = await createSandbox()
  const { server, port } = await serve(sandbox, withLibrary())
  const { pid } = await server.ask('state')
  const signals = async () => (await sandbox.run(['grep', 'ShdPnd', `/proc/${pid}/status`])).stdout
  await sandbox.run(['kill', '-STOP', String(pid)])

  const call = [longhaul, 'hangup', '--local', '127.0.0.1', String(port)]
  const { finished } = sandbox.start(call, { through: confined() })
  await expect.poll(signals).not.toMatch(/\t0+\n/)
  await delay(longerThanGivenMs)
  // nsenter has stopped with it, and lets it go on.
  server.process.kill('SIGCONT')

  await expect(finished).resolves.toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/\n3 hung-up\n$/),
  })
})

test('a dry run touches nothing', async () => {
  await using sandbox = await createSandbox()
  const { server, port } = await serve(sandbox, withLibrary())
  const { status, stdout } = await hangUp(sandbox, '--dry-run', '--local', '127.0.0.1', String(port))
  expect([status, stdout]).toEqual([0, expect.stringMatching(/\n3 dry-run\n$/)])
  await expectUnharmed(server, 3)
})

test('where it is allowed, sockets are borrowed of processes without the library', async () => {
  await using sandbox = await createSandbox()
  const { port, server } = await serve(sandbox, [])
  const { status, stdout } = await sandbox.run([longhaul, 'hangup', '--local', '127.0.0.1', String(port)])
  expect([status, stdout]).toEqual([0, expect.stringMatching(/\n3 hung-up\n$/)])
  await expect.poll(() => server.ask('state')).toMatchObject({ ended: 3 })
})

test('a program notices no request that is not about a socket of its own', async context => {
  // A sanitizer's runtime is for glibc only.
  for (const compiler of sanitized ? ['gcc'] : ['gcc', 'musl-gcc']) {
    const program = await compile(context, 'urged', temporaryFolder(), { compiler })
    const finished = await runOutside(['env', ...variables(), program])
    expect(finished).toMatchObject({ status: 0, stderr: '' })
  }
})

test('a process that execs another program meanwhile comes to no harm', async context => {
  const urge = await compile(context, 'urge', temporaryFolder())
  const withHandler = await compile(context, 'exec_loop', temporaryFolder())
  const withoutHandler = await compile(context, 'exec_loop', temporaryFolder(), { flags: ['-static'] })
  const finished = await runOutside(['env', ...variables(), urge, withHandler, '2000', withoutHandler])
  expect([finished.status, finished.stderr]).toEqual([0, ''])
  expect(Number(finished.stdout)).toBeGreaterThan(3000)
})
