/** `longhaul-node keepalive`: what the kernel then does to the sockets of a cgroup, and what it leaves alone. */
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { expect, it, type TestContext } from 'vitest'
import { nodeBinary } from './build.ts'
import { makeCgroup, makeChild, runPythonIn } from './cgroup.ts'
import { compile } from './fixtures.ts'
import { isInstalled, run, start, temporaryFolder } from './programs.ts'

const keepalive = (verb: string, cgroup: string, ...options: string[]) =>
  run([nodeBinary, 'keepalive', verb, cgroup, ...options])
const done = (cgroup: string, text: string) => ({ status: 0, stderr: '', stdout: `${cgroup}: ${text}\n` })
const program = (place: string, name: string, whose = '') => `${place} \\d+ ${name} [0-9a-f]{16}${whose}\n`
const follower = program('setsockopt', 'longhaul_follow', " Longhaul's")
const keeper = program('sock_ops', 'longhaul_keep', " Longhaul's")
const foreigner = program('sock_ops', 'foreign')

/** SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT. */
const set = [1, 60, 10, 3, 90_000]

/** What the sockets of a program in a cgroup have, by the names that it gives them. */
const optionsIn = async (cgroup: string, body: string): Promise<Record<string, number[]>> => {
  const { status, stdout, stderr } = await runPythonIn(cgroup, `${prelude}${body}`, nodeBinary)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return JSON.parse(stdout)
}

const prelude = `
import json, subprocess, sys
from socket import *

TIMERS = (TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT)

def options(s):
    return [s.getsockopt(SOL_SOCKET, SO_KEEPALIVE)] + [s.getsockopt(IPPROTO_TCP, timer) for timer in TIMERS]

def report(**sockets):
    print(json.dumps({name: options(s) for name, s in sockets.items()}))

def listen(address="127.0.0.1"):
    s = socket(AF_INET6 if ":" in address else AF_INET)
    s.bind((address, 0))
    s.listen()
    return s

def connect(listener, **own):
    s = socket(listener.family)
    for name, value in own.items():
        level = SOL_SOCKET if name.startswith("SO_") else IPPROTO_TCP
        s.setsockopt(level, globals()[name], value)
    s.connect(listener.getsockname())
    return s

def attach(*options):
    command = [sys.argv[2], "keepalive", "attach", *options, sys.argv[1]]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf8").stdout
`

it.for(['127.0.0.1', '::1'])('reaches what begins, listens and accepts on %s', async (address, ctx) => {
  const cgroup = makeCgroup(ctx)
  const settings = '--settings=idle=30,interval=5,probes=4,user_timeout=70000'
  expect(await keepalive('attach', cgroup, settings)).toEqual(done(cgroup, 'attached'))
  const body = `
listening = listen("${address}")
connected = connect(listening)
accepted, _ = listening.accept()
report(listening=listening, connected=connected, accepted=accepted)`
  const own = [1, 30, 5, 4, 70_000]
  expect(await optionsIn(cgroup, body)).toEqual({ listening: own, connected: own, accepted: own })
  expect(await optionsIn(makeChild(cgroup), body)).toEqual({ listening: own, connected: own, accepted: own })
})

it('reaches connections that a listener of before accepts, and leaves those of before alone', async ctx => {
  const cgroup = makeCgroup(ctx)
  const found = await optionsIn(
    cgroup,
    `
listening = listen()
before = connect(listening)
listening.accept()
attach()
after = connect(listening)
accepted, _ = listening.accept()
report(before=before, after=after, accepted=accepted)`,
  )
  expect(found).toMatchObject({ after: set, accepted: set })
  expect(found['before']?.[0]).toBe(0)
})

it('reaches sockets of before, where it is told to', async ctx => {
  const cgroup = makeCgroup(ctx)
  const found = await optionsIn(
    cgroup,
    `
import os, signal
listening = listen()
connected = connect(listening)
own = connect(listening, SO_KEEPALIVE=1, TCP_KEEPIDLE=7)
timeout = connect(listening, TCP_USER_TIMEOUT=5000)
unused = socket()
six = listen("::1")
datagrams = socket(AF_INET, SOCK_DGRAM)
readable, writable = os.pipe()
child = os.fork()
if child == 0:
    connected_in_child = connect(listening)
    os.write(writable, b"1")
    signal.pause()
os.read(readable, 1)
said = attach("--existing"), attach("--existing")
os.kill(child, signal.SIGKILL)
assert said[0].endswith("set on 5 sockets that were there\\n"), said
assert said[1].endswith("set on 0 sockets that were there\\n"), said
report(listening=listening, connected=connected, own=own, timeout=timeout, six=six, unused=unused)`,
  )
  expect(found).toMatchObject({
    listening: set,
    connected: set,
    own: [1, 7, expect.any(Number), expect.any(Number), 0],
    timeout: [1, 60, 10, 3, 5000],
    six: set,
    unused: [0, expect.any(Number), expect.any(Number), expect.any(Number), 0],
  })
})

it.for(['sys_ptrace', 'dac_read_search'])(
  'says which sockets of before it may not touch without %s',
  async (right, ctx) => {
    const cgroup = makeCgroup(ctx)
    ctx.skip(!isInstalled('setpriv'), 'setpriv is not installed')
    const listen =
      'import socket, sys; s = socket.create_server(("127.0.0.1", 0)); print(s, flush=True); sys.stdin.read()'
    const asNobody =
      'echo $$ >"$0/cgroup.procs" && exec setpriv --reuid=65534 --clear-groups /usr/bin/python3 -c "$1"'
    const other = start(['sh', '-c', asNobody, cgroup, listen])
    await once(other.stdout as Readable, 'data')
    const command = [nodeBinary, 'keepalive', 'attach', '--existing', cgroup]
    const rights = ['bpf', 'net_admin', 'sys_admin', 'sys_ptrace', 'dac_read_search'].filter(
      each => each !== right,
    )
    const bounded = `--bounding-set=-all,${rights.map(each => `+${each}`).join()}`
    expect(await run(['setpriv', bounded, ...command])).toEqual({
      status: 0,
      stdout: `${cgroup}: attached\n${cgroup}: set on 0 sockets that were there\n`,
      stderr: expect.stringContaining(
        'sockets of 1 processes are left alone: Permission denied (needs CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH)',
      ),
    })
  },
)

it('leaves what the program sets, before or afterwards', async ctx => {
  const cgroup = makeCgroup(ctx)
  await keepalive('attach', cgroup)
  const found = await optionsIn(
    cgroup,
    `
listening = listen()
before = connect(listening, SO_KEEPALIVE=1, TCP_KEEPIDLE=7, TCP_KEEPCNT=9)
timeout = connect(listening, TCP_USER_TIMEOUT=5000)
after = connect(listening)
after.setsockopt(IPPROTO_TCP, TCP_KEEPIDLE, 15)
off = connect(listening)
off.setsockopt(SOL_SOCKET, SO_KEEPALIVE, 0)
report(before=before, timeout=timeout, after=after, off=off)`,
  )
  expect(found).toEqual({
    before: [1, 7, expect.any(Number), 9, 0],
    timeout: [1, 60, 10, 3, 5000],
    after: [1, 15, 10, 3, 0],
    off: [0, 60, 10, 3, 90_000],
  })
})

it('gives TCP_USER_TIMEOUT up for the timers of a program with user_timeout=auto only', async ctx => {
  const cgroup = makeCgroup(ctx)
  const body = `
def set(option, value=20):
    s = connect(listening)
    s.setsockopt(IPPROTO_TCP, option, value)
    return s
listening = listen()
own = connect(listening, TCP_USER_TIMEOUT=5000)
own.setsockopt(IPPROTO_TCP, TCP_KEEPIDLE, 20)
report(idle=set(TCP_KEEPIDLE), interval=set(TCP_KEEPINTVL), probes=set(TCP_KEEPCNT), other=set(TCP_NODELAY, 1), own=own)`
  const found = (timeoutMs: number) => ({
    idle: [1, 20, 10, 3, timeoutMs],
    interval: [1, 60, 20, 3, timeoutMs],
    probes: [1, 60, 10, 20, timeoutMs],
    other: set,
    own: [1, 20, 10, 3, 5000],
  })
  await keepalive('attach', cgroup)
  expect(await optionsIn(cgroup, body)).toEqual(found(0))
  await keepalive('attach', cgroup, '--settings=user_timeout=90000')
  expect(await optionsIn(cgroup, body)).toEqual(found(90_000))
})

it('lets values of options through that are longer than a page', async ctx => {
  const cgroup = makeCgroup(ctx)
  await keepalive('attach', cgroup)
  const body = `
s = socket()
s.setsockopt(SOL_SOCKET, 25, b"lo".ljust(100_000, b"\\0"))  # SO_BINDTODEVICE
assert s.getsockopt(SOL_SOCKET, 25, 16) == b"lo\\0"
report()`
  expect(await optionsIn(cgroup, body)).toEqual({})
})

it('leaves TCP_USER_TIMEOUT alone where it is to', async ctx => {
  const cgroup = makeCgroup(ctx)
  await keepalive('attach', cgroup, '--settings=user_timeout=0')
  expect(await optionsIn(cgroup, 'report(connected=connect(listen()))')).toEqual({
    connected: [1, 60, 10, 3, 0],
  })
})

it('attaches one program, whatever is asked, until it is detached', async ctx => {
  const cgroup = makeCgroup(ctx)
  expect(await keepalive('show', cgroup)).toEqual({ status: 0, stderr: '', stdout: '' })
  expect(await keepalive('attach', cgroup)).toEqual(done(cgroup, 'attached'))
  const first = await keepalive('show', cgroup)
  expect(first.stdout).toMatch(new RegExp(`^${follower}${keeper}$`))
  expect(await keepalive('attach', cgroup)).toEqual(done(cgroup, 'attached already'))
  expect(await keepalive('show', cgroup)).toEqual(first)
  const other = await keepalive('attach', cgroup, '--settings=idle=20,user_timeout=0')
  expect(other).toEqual(done(cgroup, 'attached in the place of other settings'))
  expect((await keepalive('show', cgroup)).stdout).toMatch(new RegExp(`^${keeper}$`))
  const connected = 'report(connected=connect(listen()))'
  expect(await optionsIn(cgroup, connected)).toEqual({ connected: [1, 20, 10, 3, 0] })
  expect(await keepalive('detach', cgroup)).toEqual(done(cgroup, 'detached'))
  expect((await optionsIn(cgroup, connected))['connected']?.[0]).toBe(0)
  expect(await keepalive('detach', cgroup)).toEqual(done(cgroup, 'nothing was attached'))
})

it('attaches one program, where several ask at once', async ctx => {
  const cgroup = makeCgroup(ctx)
  const asked = Array.from({ length: 12 }, (_, index) =>
    keepalive('attach', cgroup, `--settings=idle=${10 + (index % 3)}`),
  )
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 0))
  expect((await keepalive('show', cgroup)).stdout).toMatch(new RegExp(`^${follower}${keeper}$`))
})

const flags = { exclusive: 0, override: 1, multi: 2 }

const attachForeign = async (ctx: TestContext, cgroup: string, how: keyof typeof flags) => {
  const foreign = await compile(ctx, 'foreign_sock_ops', temporaryFolder())
  expect(await run([foreign, cgroup, String(flags[how])])).toMatchObject({ status: 0, stderr: '' })
}

it('runs beside the programs of others, and leaves them there', async ctx => {
  const cgroup = makeCgroup(ctx)
  const child = makeChild(cgroup)
  await attachForeign(ctx, cgroup, 'multi')
  await attachForeign(ctx, child, 'multi')
  expect(await keepalive('attach', child)).toEqual(done(child, 'attached'))
  expect(await optionsIn(child, 'report(connected=connect(listen()))')).toEqual({ connected: set })
  expect((await keepalive('show', child)).stdout).toMatch(new RegExp(`^${follower}${foreigner}${keeper}$`))
  await keepalive('detach', child)
  expect((await keepalive('show', child)).stdout).toMatch(new RegExp(`^${foreigner}$`))
})

it.for([
  ['exclusive', 'exclusively'],
  ['override', 'so that one below takes its place (BPF_F_ALLOW_OVERRIDE)'],
] as const)('does nothing where there is no room beside another (%s)', async ([how, text], ctx) => {
  const cgroup = makeCgroup(ctx)
  const child = makeChild(cgroup)
  await attachForeign(ctx, cgroup, how)
  for (const [place, levels] of [
    [cgroup, 0],
    [child, 1],
  ] as const) {
    const { status, stderr } = await keepalive('attach', place)
    expect(status).toBe(1)
    expect(stderr).toMatch(/the program foreign \(id \d+\)/)
    expect(stderr).toContain(`${levels} levels up, was attached ${text}`)
  }
  expect((await keepalive('show', child)).stdout).toBe('')
})

it('says which rights it lacks', async ctx => {
  const cgroup = makeCgroup(ctx)
  ctx.skip(!isInstalled('setpriv'), 'setpriv is not installed')
  const without = ['setpriv', '--bounding-set=-bpf,-sys_admin', '--inh-caps=-all'] as const
  expect(await run([...without, nodeBinary, 'keepalive', 'attach', cgroup])).toEqual({
    status: 1,
    stdout: '',
    stderr: expect.stringContaining('Operation not permitted (needs CAP_BPF and CAP_NET_ADMIN'),
  })
})

it.for([
  [['attach', '/proc'], 1, 'keepalive: /proc: is not in a hierarchy of cgroups, version 2'],
  [['attach', '/none'], 1, 'keepalive: /none: No such file or directory'],
  [['tie', '/proc'], 2, 'keepalive: tie: not attach, detach or show'],
  [['attach'], 2, 'needs attach, detach or show, and a cgroup'],
  [['attach', '/proc', '/sys'], 2, '"/sys" is one operand too many'],
  [['attach', '/proc', '--settings=idle=0'], 2, '"idle=0" is not in LONGHAUL_KEEPALIVE\'s form'],
] as const)('refuses %j', async ([call, status, text]) => {
  expect(await run([nodeBinary, 'keepalive', ...call])).toEqual({
    status,
    stdout: '',
    stderr: expect.stringContaining(text),
  })
})
