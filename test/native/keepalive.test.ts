/** What the preloaded library does to a program's sockets, under both libcs. */
import { describe, expect, it, type TestContext } from 'vitest'
import { preload, sanitized } from './build.ts'
import { compile, parseOptions, type SocketOptions } from './fixtures.ts'
import { type Command, isInstalled, run, temporaryFolder } from './programs.ts'

const settings = { LONGHAUL_KEEPALIVE: 'idle=5,interval=2,probes=4,user_timeout=12000' }
const chosen = { keepalive: 1, idle: 5, interval: 2, probes: 4, userTimeout: 12_000 }
const tcpKinds = ['tcp4', 'tcp6', 'tcp-by-number', 'tcp-flags']
const otherKinds = ['udp4', 'udp6', 'raw', 'unix', 'netlink']

/** Raw sockets need a privilege, which a user namespace gives. */
const privileged = (command: Command): Command => ['unshare', '-Urn', ...command]

describe.each([
  { libc: 'glibc', compiler: 'gcc' },
  { libc: 'musl', compiler: 'musl-gcc' },
])('a program with $libc', ({ compiler }) => {
  const openSockets = (ctx: TestContext): Promise<string> => {
    ctx.skip(sanitized && compiler !== 'gcc', 'sanitizers know glibc only')
    return compile(ctx, 'open_sockets', temporaryFolder(), { compiler })
  }
  const optionsOf = async (ctx: TestContext, kinds: readonly string[]): Promise<SocketOptions[]> => {
    const outcome = await run([await openSockets(ctx), ...kinds], preload(settings))
    expect(outcome).toMatchObject({ status: 0, stderr: '' })
    return parseOptions(outcome.stdout)
  }

  it('has the options on every TCP socket', async ctx => {
    const expected = tcpKinds.map(name => ({ name, ...chosen, typeOfService: 0 }))
    expect(await optionsOf(ctx, tcpKinds)).toEqual(expected)
  })

  it('has them on Multipath TCP, but for the user timeout, which the kernel has for TCP only', async ctx => {
    const plain = await run([await openSockets(ctx), 'mptcp'])
    ctx.skip(plain.status !== 0, 'this kernel has no Multipath TCP')
    const [socket] = await optionsOf(ctx, ['mptcp'])
    expect(socket).toMatchObject({ keepalive: 1, idle: 5, interval: 2, probes: 4 })
  })

  it('accepts sockets that have them', async ctx => {
    expect(await optionsOf(ctx, ['accepted'])).toMatchObject([chosen])
  })

  it('keeps what it sets itself', async ctx => {
    expect(await optionsOf(ctx, ['own'])).toMatchObject([{ ...chosen, idle: 7, userTimeout: 0 }])
  })

  it('finds errno as socket() left it', async ctx => {
    expect(await optionsOf(ctx, ['tcp4', 'impossible'])).toMatchObject([
      { name: 'tcp4' },
      { name: 'impossible' },
    ])
  })

  it('has all other sockets as they were', async ctx => {
    const command = privileged([await openSockets(ctx), ...otherKinds])
    const before = await run(command)
    ctx.skip(before.status !== 0, `no user namespace: ${before.stderr}`)
    expect(await run(command, preload(settings))).toEqual(before)
  })

  it('makes five calls more for a TCP socket, and none for others', async ctx => {
    ctx.skip(!isInstalled('strace'), 'strace is not installed')
    const program = await openSockets(ctx)
    const callsWith = async (
      kinds: readonly string[],
      variables: Record<string, string>,
    ): Promise<number> => {
      const assignments = Object.entries(variables).flatMap(([name, value]) => ['-E', `${name}=${value}`])
      const trace = ['strace', '-f', '-e', 'trace=network', '-e', 'signal=none', ...assignments] as const
      const { status, stderr } = await run(privileged([...trace, program, ...kinds]))
      expect(status).toBe(0)
      return stderr.split('\n').filter(line => /^\w+\(/.test(line)).length
    }
    const extraCalls = async (kinds: readonly string[]): Promise<number> =>
      (await callsWith(kinds, preload(settings))) - (await callsWith(kinds, {}))
    expect(await extraCalls(otherKinds)).toBe(0)
    expect(await extraCalls(['tcp4'])).toBe(5)
  })
})
