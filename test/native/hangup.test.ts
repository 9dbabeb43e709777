import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { release } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, expect, test } from 'vitest'
import { binary as longhaul } from './build.ts'
import { compile } from './fixtures.ts'
import { temporaryFolder } from './programs.ts'
import {
  createSandbox,
  type Finished,
  hasMptcp,
  isRoot,
  missingForSandbox,
  type Peer,
  runOutside,
  type Sandbox,
} from './sandbox.ts'

const ipprotoTcp = 6
const tcpLinger2 = 8
const tcpUserTimeout = 18
const closeMs = 3000

const missing = missingForSandbox()
const needsRoot = 'needs root: other user ids and capabilities'

type Line = {
  localAddress: string
  localPort: number
  remoteAddress: string
  remotePort: number
  pid: number | null
  process: string | null
  minimumAgeSeconds: number
  idleSeconds: number
  outcome: string
  /** Where it was not ended. */
  reason?: string
}

function hangup(sandbox: Sandbox, call: string): Promise<Finished> {
  return sandbox.run([longhaul, 'hangup', ...call.split(' ')])
}

function parseLines({ stdout }: Finished): Line[] {
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Line)
}

function outcomes(finished: Finished): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { outcome } of parseLines(finished)) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

/** A server and a client process with connections between them. */
async function connectPair(
  sandbox: Sandbox,
  count: number,
  options: { address?: string; listen?: string; port?: number } = {},
): Promise<{ server: Peer; client: Peer; port: number; ports: number[] }> {
  const { address = '127.0.0.1', listen = address, port: wanted = 0 } = options
  const server = sandbox.peer()
  const client = sandbox.peer()
  const { port } = await server.ask(`listen ${listen} ${wanted}`)
  const { local } = await client.ask(`connect ${address} ${port} ${count}`)
  await expect.poll(() => server.ask('state')).toMatchObject({ accepted: count })
  return { server, client, port, ports: local.map(end => end.port) }
}

async function stateOf(peer: Peer, wanted: object): Promise<void> {
  await expect.poll(() => peer.ask('state'), { timeout: closeMs }).toMatchObject(wanted)
}

beforeEach(context => {
  if (missing !== undefined) context.skip(missing)
})

test('the peer gets a FIN, the application an end of file, and nothing else is touched', async () => {
  await using sandbox = await createSandbox()
  const chosen = await connectPair(sandbox, 3)
  const other = await connectPair(sandbox, 2)

  const { status, stdout } = await hangup(sandbox, `127.0.0.1 ${chosen.port}`)

  expect(status).toBe(0)
  expect(stdout.trim().split('\n')).toHaveLength(4)
  expect(stdout).toMatch(/^127\.0\.0\.1:\d+ 127\.0\.0\.1:\d+ python3?\[\d+\] idle 0s: hung-up\n/)
  expect(stdout).toContain('\n3 hung-up\n')
  await stateOf(chosen.client, { ended: 3, reset: 0, open: 0 })
  await stateOf(chosen.server, { ended: 3, reset: 0, open: 0 })
  await stateOf(other.client, { ended: 0, open: 2 })
  expect(await sandbox.established('sport', `= :${chosen.port}`)).toEqual([])
  expect(await sandbox.established('sport', `= :${other.port}`)).toHaveLength(2)
  const listeners = await sandbox.run(['ss', '-Hltn'])
  expect(listeners.stdout).toContain(`127.0.0.1:${chosen.port}`)
})

test('10,000 connections of many processes, IPv4, IPv6 and IPv4-mapped', { timeout: 60_000 }, async () => {
  await using sandbox = await createSandbox()
  const kinds = [
    { address: '127.0.0.1', port: 5000 },
    { address: '127.0.0.1', port: 5001 },
    { address: '::1', port: 5002 },
    { address: '::ffff:127.0.0.1', listen: '::', port: 5003 },
    { address: '127.0.0.1', listen: '::', port: 5004 },
  ]
  for (const kind of kinds) await connectPair(sandbox, 2000, kind)
  await connectPair(sandbox, 100, { port: 6000 })
  await connectPair(sandbox, 100, { address: '::1', port: 6001 })
  expect(await sandbox.established()).toHaveLength(20_400)

  const ipv4 = await hangup(sandbox, '127.0.0.1 5000-5010 --json')
  const ipv6 = await hangup(sandbox, '::1 5000-5010 --json')

  expect([ipv4.status, outcomes(ipv4)]).toEqual([0, { 'hung-up': 8000 }])
  expect([ipv6.status, outcomes(ipv6)]).toEqual([0, { 'hung-up': 2000 }])
  await expect.poll(() => sandbox.established(), { timeout: 10_000 }).toHaveLength(400)
})

test('an address, its prefix and the ports choose the connections', async () => {
  await using sandbox = await createSandbox()
  const ends: [address: string, port: number][] = [
    ['127.0.0.2', 5001],
    ['127.0.0.3', 5002],
    ['::1', 5003],
    ['fd00::5', 5004],
    ['::ffff:127.0.0.9', 5005],
  ]
  await sandbox.run(['ip', 'address', 'add', 'fd00::5/64', 'dev', 'lo', 'nodad'])
  for (const [address, port] of ends) {
    await connectPair(sandbox, 1, { address, listen: address.startsWith('::ffff') ? '::' : address, port })
  }
  const chosen = async (call: string): Promise<number[]> => {
    const finished = await hangup(sandbox, `${call} --dry-run --json`)
    expect(finished.status).toBe(0)
    return parseLines(finished)
      .map(line => line.remotePort)
      .filter(port => port <= 5005)
      .sort()
  }
  const cases: [call: string, ports: number[]][] = [
    ['127.0.0.2 5001', [5001]],
    ['127.0.0.2 5002', []],
    ['127.0.0.2/31 0', [5001, 5002]],
    ['127.0.0.0/8 0', [5001, 5002, 5005]],
    ['127.0.0.0/8 5002-5004', [5002]],
    ['0.0.0.0/0 0', [5001, 5002, 5005]],
    ['::ffff:127.0.0.9 0', [5005]],
    ['::ffff:127.0.0.0/120 0', [5001, 5002, 5005]],
    ['127.0.0.9 5005', [5005]],
    ['::1 0', [5003]],
    ['fd00::/16 0', [5004]],
    ['fd00::5/128 5000-6000', [5004]],
    ['::/0 0', [5003, 5004]],
    ['10.0.0.0/8 0', []],
  ]
  for (const [call, ports] of cases) expect([call, await chosen(call)]).toEqual([call, ports])
  const local = parseLines(await hangup(sandbox, '127.0.0.0/8 5002 --local --dry-run --json'))
  expect(local).toMatchObject([{ localAddress: '127.0.0.3', localPort: 5002, outcome: 'dry-run' }])
  expect(await sandbox.established()).toHaveLength(10)
})

test('--json has one object for each connection', async () => {
  await using sandbox = await createSandbox()
  const { client, port, ports } = await connectPair(sandbox, 1, { address: '::1' })
  await client.ask(String.raw`rename a"\\\n\x1b\xff`)
  const { pid } = await client.ask('state')

  const finished = await hangup(sandbox, `::1 ${port} --json`)

  expect(parseLines(finished)).toEqual([
    {
      localAddress: '::1',
      localPort: ports[0],
      remoteAddress: '::1',
      remotePort: port,
      pid,
      process: 'a"\\\n\x1b\xff',
      minimumAgeSeconds: expect.any(Number),
      idleSeconds: expect.any(Number),
      outcome: 'hung-up',
    },
  ])
  expect(finished.stderr).toBe('1 hung-up\n')
})

test('a hostile process name does nothing to a terminal', async () => {
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 1)
  await client.ask(String.raw`rename \x1b[31m\n\xff`)
  const { stdout } = await hangup(sandbox, `127.0.0.1 ${port} --dry-run`)
  expect(stdout).toMatch(/ \?\[31m\?\?\[\d+\] idle 0s: dry-run\n/)
})

test('--pid leaves the connections of other processes alone', async () => {
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 2)
  const other = sandbox.peer()
  await other.ask(`connect 127.0.0.1 ${port} 2`)
  const { pid } = await client.ask('state')

  const finished = await hangup(sandbox, `127.0.0.1 ${port} --pid ${pid} --json`)

  expect(parseLines(finished).map(line => line.pid)).toEqual([pid, pid])
  await stateOf(client, { ended: 2 })
  await stateOf(other, { ended: 0, open: 2 })
  const missing = await hangup(sandbox, '127.0.0.1 0 --pid 999999')
  expect(missing).toMatchObject({ status: 1, stderr: expect.stringContaining('No such process') })
})

test('--pid takes the id of a process, and not one of its threads', async () => {
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 1)
  const { pid: thread } = await client.ask('thread')
  for (const option of ['', ' --reset']) {
    const finished = await hangup(sandbox, `127.0.0.1 ${port} --pid ${thread}${option}`)
    const rule = 'is the id of a thread, not of a process (the Tgid in /proc/PID/status)'
    expect(finished).toMatchObject({
      status: 2,
      stdout: '',
      stderr: `longhaul: hangup: --pid: "${thread}" ${rule}\n`,
    })
  }
  await stateOf(client, { ended: 0, open: 1 })
})

test('--idle-for and --older-than never choose what is younger or busier', async () => {
  await using sandbox = await createSandbox()
  const quiet = await connectPair(sandbox, 1, { port: 5001 })
  const busy = await connectPair(sandbox, 1, { port: 5002 })
  const listening = await connectPair(sandbox, 1, { port: 5003 })
  await sleep(1300)
  await connectPair(sandbox, 1, { port: 5004 })
  await busy.client.ask('send 10')
  await busy.server.ask('send 10')
  await listening.server.ask('send 10')
  const chosen = async (option: string): Promise<number[]> =>
    parseLines(await hangup(sandbox, `127.0.0.1 5001-5004 ${option} --dry-run --json`))
      .map(line => line.remotePort)
      .sort()

  expect(await chosen('--idle-for 1s')).toEqual([5001])
  expect(await chosen('--older-than 1s')).toEqual([5001, 5003])
  const { pid } = await quiet.server.ask('state')
  const ofOne = await hangup(sandbox, `127.0.0.1 5001-5004 --local --older-than 1h --pid ${pid} --dry-run`)
  expect(ofOne.stdout).toBe('no connection matched\n1 left alone: not known to be that old\n')
  const { stdout } = await hangup(sandbox, '127.0.0.1 5001-5004 --older-than 1s')
  expect(stdout).toContain('2 left alone: not known to be that old\n')
  await stateOf(quiet.client, { ended: 1 })
  await stateOf(busy.client, { ended: 0, open: 1 })
})

test('--spread takes its time', async () => {
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 4)
  const { client: other, port: otherPort } = await connectPair(sandbox, 4)
  const { status, ms } = await hangup(sandbox, `127.0.0.1 ${port} --spread=2s`)
  const running = sandbox.start([longhaul, 'hangup', '127.0.0.1', String(otherPort), '--spread=1h'])
  await running.printed('hung-up')
  await stateOf(other, { ended: 1, open: 3 })

  expect(status).toBe(0)
  // At 0, 0.5, 1 and 1.5 s.
  expect(ms).toBeGreaterThan(1450)
  await stateOf(client, { ended: 4 })
  await stateOf(other, { ended: 1, open: 3 })
})

test('--stop-on-eof stops when its standard input ends, and names what is left', async () => {
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 4)
  const call = [longhaul, 'hangup', '127.0.0.1', String(port), '--json', '--stop-on-eof']
  const running = sandbox.start([...call, '--spread=1h'])
  running.process.stdin?.write('is passed over')
  await running.printed('hung-up')
  running.process.stdin?.end()
  const stopped = await running.finished
  expect([stopped.status, outcomes(stopped)]).toEqual([1, { 'hung-up': 1, left: 3 }])
  await stateOf(client, { ended: 1, open: 3 })

  // It has no input to begin with.
  const unheeded = await sandbox.run(call)
  expect([unheeded.status, outcomes(unheeded)]).toEqual([1, { left: 3 }])
  const rest = sandbox.start(call)
  expect([(await rest.finished).status, outcomes(await rest.finished)]).toEqual([0, { 'hung-up': 3 }])
})

test('--reset has the kernel send a RST', async () => {
  await using sandbox = await createSandbox()
  const { server, port } = await connectPair(sandbox, 2, { address: '::ffff:127.0.0.1', listen: '::' })
  const { server: other } = await connectPair(sandbox, 2)

  const finished = await hangup(sandbox, `127.0.0.1 ${port} --reset --json`)

  expect([finished.status, outcomes(finished)]).toEqual([0, { reset: 2 }])
  await stateOf(server, { reset: 2 })
  await stateOf(other, { ended: 0, open: 2 })
})

test('--dry-run touches nothing', async () => {
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 2)
  const plain = await hangup(sandbox, `127.0.0.1 ${port} --dry-run`)
  const reset = await hangup(sandbox, `127.0.0.1 ${port} --dry-run --reset --spread 1m`)
  expect([plain.status, reset.status]).toEqual([0, 0])
  expect(plain.stdout).toContain('\n2 dry-run\n')
  await stateOf(client, { ended: 0, open: 2 })
})

test('half-closed connections are left alone', async () => {
  await using sandbox = await createSandbox()
  const { server, client, port } = await connectPair(sandbox, 1)
  await server.ask('configure close off')
  await client.ask('shutdown')
  const { status, stdout } = await hangup(sandbox, `127.0.0.1 ${port}`)
  expect([status, stdout]).toEqual([0, 'no connection matched\n'])
})

test('a connection that processes share is hung up once', async () => {
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 1)
  await client.ask('fork')
  await client.ask('fork')
  const finished = await hangup(sandbox, `127.0.0.1 ${port} --json`)
  expect(outcomes(finished)).toEqual({ 'hung-up': 1 })
  expect(await sandbox.established()).toEqual([])
})

test.for([
  ['all the way', 'on'],
  ['to a server without it', 'off'],
])('MPTCP %s', async ([, serverHasIt], context) => {
  if (!hasMptcp) context.skip('needs a kernel with MPTCP')
  await using sandbox = await createSandbox()
  const server = sandbox.peer()
  const client = sandbox.peer()
  await server.ask(`configure mptcp ${serverHasIt}`)
  await client.ask('configure mptcp on')
  const { port } = await server.ask('listen 127.0.0.1')
  await client.ask(`connect 127.0.0.1 ${port} 2`)
  await stateOf(server, { accepted: 2 })
  const finished = await hangup(sandbox, `127.0.0.1 ${port} --json`)
  expect([finished.status, outcomes(finished)]).toEqual([0, { 'hung-up': 2 }])
  await stateOf(server, { ended: 2, reset: 0 })
  await stateOf(client, { ended: 2, reset: 0 })
})

test('its own connections are never hung up', async () => {
  await using sandbox = await createSandbox()
  const server = sandbox.peer()
  const { port } = await server.ask('listen 127.0.0.1')
  const script = `exec 3<>/dev/tcp/127.0.0.1/${port}; ${longhaul} hangup 127.0.0.1 ${port}; ss -Htn state established`
  const { stdout } = await sandbox.run(['bash', '-c', script])
  expect(stdout).toMatch(/^no connection matched\n/)
  expect(stdout.match(/127\.0\.0\.1:\d+/g)).toHaveLength(4)
})

test('a process that ends meanwhile', async () => {
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 4)
  const running = sandbox.start([longhaul, 'hangup', '127.0.0.1', String(port), '--spread=1s', '--json'])
  await running.printed('hung-up')
  client.process.stdin?.end()
  const finished = await running.finished
  expect([finished.status, outcomes(finished)]).toEqual([0, { 'hung-up': 1, gone: 3 }])
})

test('a connection outlives one of the processes that share it', async () => {
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 3)
  await client.ask('fork')
  const running = sandbox.start([longhaul, 'hangup', '127.0.0.1', String(port), '--spread=1s', '--json'])
  await running.printed('hung-up')
  client.process.stdin?.end()
  expect(outcomes(await running.finished)).toEqual({ 'hung-up': 3 })
  expect(await sandbox.established('dport', `= :${port}`)).toEqual([])
})

test('of a connection that processes share, the failure is reported that counted', async () => {
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 2)
  await client.ask('fork')
  const running = sandbox.start([longhaul, 'hangup', '127.0.0.1', String(port), '--spread=4s'])
  await running.printed('hung-up')
  // The forked process is asked first, with no descriptor to spare for it; then its parent, which is gone.
  await sandbox.run(['sh', '-c', 'prlimit --pid "$(pidof longhaul)" --nofile=4:4'])
  const exited = once(client.process, 'exit')
  client.process.stdin?.end()
  await exited
  const { status, stderr } = await running.finished
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^longhaul: hangup: (Too many|No file)/)])
})

test('through another thread, where the first has ended', async context => {
  const [major = 0, minor = 0] = release().split('.').map(Number)
  if (major < 6 || (major === 6 && minor < 9)) context.skip('needs Linux 6.9: PIDFD_THREAD')
  await using sandbox = await createSandbox()
  const server = await compile(context, 'first_thread_ends', temporaryFolder(), { flags: ['-pthread'] })
  const client = sandbox.peer()
  sandbox.start([server, '5001'])
  await expect.poll(() => client.ask('connect 127.0.0.1 5001').catch(() => 'refused')).not.toBe('refused')
  const dry = await hangup(sandbox, '127.0.0.1 5001 --local --dry-run --json')
  const pid = parseLines(dry)[0]?.pid

  const finished = await hangup(sandbox, `127.0.0.1 5001 --local --pid ${pid} --json`)

  expect(parseLines(finished)).toMatchObject([{ pid, process: 'first_thread_en', outcome: 'hung-up' }])
  await stateOf(client, { ended: 1, reset: 0 })
})

test('a connection that has passed to another process is not said to be gone', async () => {
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 2)
  const running = sandbox.start([longhaul, 'hangup', '127.0.0.1', String(port), '--spread=2s', '--json'])
  await running.printed('hung-up')
  await stateOf(client, { ended: 1, open: 1 })
  await client.ask('fork')
  client.process.stdin?.end()

  const finished = await running.finished

  expect([finished.status, outcomes(finished)]).toEqual([1, { 'hung-up': 1, failed: 1 }])
  expect(finished.stderr).toContain('longhaul: hangup: passed to another process meanwhile; run it again\n')
  expect(await sandbox.established('dport', `= :${port}`)).toHaveLength(1)
})

test('a descriptor that is another socket by now is not touched', async () => {
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 2)
  const other = sandbox.peer()
  const { port: otherPort } = await other.ask('listen 127.0.0.1')
  const running = sandbox.start([longhaul, 'hangup', '127.0.0.1', String(port), '--spread=1s', '--json'])
  await running.printed('hung-up')
  await stateOf(client, { ended: 1, open: 1 })
  await client.ask(`replace 127.0.0.1 ${otherPort}`)

  const finished = await running.finished

  expect([finished.status, outcomes(finished)]).toEqual([0, { 'hung-up': 1, gone: 1 }])
  await stateOf(other, { accepted: 1, ended: 0, open: 1 })
  expect(await sandbox.established('dport', `= :${otherPort}`)).toHaveLength(1)
})

test('a connection that no process has accepted takes a reset', async () => {
  await using sandbox = await createSandbox()
  const server = sandbox.peer()
  const client = sandbox.peer()
  const { port } = await server.ask('listen 127.0.0.1')
  await server.ask('configure accept off')
  await client.ask(`connect 127.0.0.1 ${port} 2`)

  const plain = await hangup(sandbox, `127.0.0.1 ${port} --local --json`)
  const reset = await hangup(sandbox, `127.0.0.1 ${port} --local --json --reset`)

  expect([plain.status, outcomes(plain)]).toEqual([1, { unowned: 2 }])
  expect(plain.stderr).toContain('--reset ends these too')
  expect([reset.status, outcomes(reset)]).toEqual([0, { reset: 2 }])
  await stateOf(client, { reset: 2 })
})

test('what can not be acknowledged is given up after ten seconds', { timeout: 40_000 }, async () => {
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 2)
  await client.ask('send 1000')
  await client.ask('configure close off')
  await sandbox.run(['ip', 'link', 'set', 'lo', 'down'])

  await hangup(sandbox, `127.0.0.1 ${port}`)

  const waiting = async (): Promise<string> =>
    (await sandbox.run(['ss', '-Htn', 'state', 'fin-wait-1', 'dport', `= :${port}`])).stdout
  expect(await waiting()).not.toBe('')
  expect((await client.ask(`option ${ipprotoTcp} ${tcpUserTimeout}`)).values).toEqual([10_000, 10_000])
  expect((await client.ask(`option ${ipprotoTcp} ${tcpLinger2}`)).values).toEqual([10, 10])
  await expect.poll(waiting, { timeout: 25_000, interval: 500 }).toBe('')
})

test('a peer that does not read for more than ten seconds gets everything, and then the FIN', {
  timeout: 40_000,
}, async () => {
  await using sandbox = await createSandbox()
  const { server, client, port } = await connectPair(sandbox, 1)
  await server.ask('configure read off')
  await client.ask('configure close off')
  await client.ask('send 8000000')
  await hangup(sandbox, `127.0.0.1 ${port}`)
  await sleep(12_000)
  await server.ask('configure read on')
  await stateOf(server, { ended: 1, reset: 0 })
})

test('what is queued for a peer that does not answer any more is given up', async () => {
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 1)
  await client.ask('configure close off')
  await sandbox.run(['ip', 'link', 'set', 'lo', 'down'])
  await client.ask('send 1000')
  await sleep(2500)
  await hangup(sandbox, `127.0.0.1 ${port}`)
  expect((await client.ask(`option ${ipprotoTcp} ${tcpUserTimeout}`)).values).toEqual([10_000])
})

test("the application's own, shorter timeout stays", async () => {
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 1)
  await client.ask('configure close off')
  await client.ask(`set-option ${ipprotoTcp} ${tcpUserTimeout} 3000`)
  await hangup(sandbox, `127.0.0.1 ${port}`)
  expect((await client.ask(`option ${ipprotoTcp} ${tcpUserTimeout}`)).values).toEqual([3000])
})

test('another network namespace, by process and by path', async context => {
  if (!isRoot) context.skip('needs root: setns(2) into a network namespace')
  await using sandbox = await createSandbox()
  await using elsewhere = await createSandbox()
  const { client, port } = await connectPair(sandbox, 2)
  const other = await connectPair(elsewhere, 1, { port })
  const path = `/proc/${sandbox.pid}/ns/net`
  const call = [longhaul, 'hangup', '127.0.0.1', String(port), '--json']

  const outside = await runOutside([...call, '--dry-run', `--netns=${path}`])
  const finished = await runOutside([...call, '--netns', String(sandbox.pid)])

  expect(outcomes(outside)).toEqual({ 'dry-run': 2 })
  expect([finished.status, outcomes(finished)]).toEqual([0, { 'hung-up': 2 }])
  await stateOf(client, { ended: 2 })
  await stateOf(other.client, { ended: 0, open: 1 })
  const missing = await runOutside([...call, '--netns=/nonexistent'])
  expect(missing).toMatchObject({ status: 1, stderr: expect.stringContaining('/nonexistent') })
})

test('without privileges it names the capability, and touches nothing', async context => {
  if (!isRoot) context.skip(needsRoot)
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 2)
  const call = [longhaul, 'hangup', '127.0.0.1', String(port)]

  const plain = await sandbox.run(call, { uid: 65534 })
  const reset = await sandbox.run([...call, '--reset'], { uid: 65534 })
  const entering = await sandbox.run([...call, '--netns=1'], { uid: 65534 })

  expect(plain).toMatchObject({ status: 1, stderr: expect.stringContaining('CAP_SYS_PTRACE') })
  expect(plain.stdout).toContain('\n2 denied\n')
  expect(reset).toMatchObject({ status: 1, stderr: expect.stringContaining('CAP_NET_ADMIN') })
  expect(entering).toMatchObject({ status: 1, stderr: expect.stringMatching(/CAP_SYS_(ADMIN|PTRACE)/) })
  await stateOf(client, { ended: 0, open: 2 })
})

test('root without CAP_SYS_PTRACE is denied the sockets of other users', async context => {
  if (!isRoot) context.skip(needsRoot)
  await using sandbox = await createSandbox()
  const server = sandbox.peer()
  const client = sandbox.peer({ uid: 1000 })
  const { port } = await server.ask('listen 127.0.0.1')
  await client.ask(`connect 127.0.0.1 ${port}`)
  const call = [longhaul, 'hangup', '127.0.0.1', String(port), '--json']

  const denied = await sandbox.run(call, { without: ['sys_ptrace'] })
  const own = await sandbox.run(call, { uid: 1000 })

  expect([denied.status, outcomes(denied)]).toEqual([1, { denied: 1 }])
  expect(denied.stderr).toContain('CAP_SYS_PTRACE')
  expect([own.status, outcomes(own)]).toEqual([0, { 'hung-up': 1 }])
})

test.each(['>/dev/full', '>&-'])('a result that can not be written is a failure: %s', async redirection => {
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 2)
  for (const json of ['', '--json']) {
    const call = `${longhaul} hangup 127.0.0.1 ${port} --dry-run ${json} ${redirection}`
    const { status, stderr } = await sandbox.run(['sh', '-c', call])
    expect([status, stderr]).toEqual([1, expect.stringContaining("longhaul: can't write all of the result")])
  }
  const { status } = await sandbox.run(['sh', '-c', `${longhaul} hangup 127.0.0.1 ${port} ${redirection}`])
  expect(status).toBe(1)
  await stateOf(client, { ended: 2 })
})

test('whoever stops reading its lines does not end it in the middle', async () => {
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 4)
  const call = `set -o pipefail; { sleep 0.2; ${longhaul} hangup 127.0.0.1 ${port} --spread=400ms; } | :`
  const { status, stderr } = await sandbox.run(['bash', '-c', call])
  expect([status, stderr]).toEqual([1, "longhaul: can't write all of the result to standard output\n"])
  await stateOf(client, { ended: 4, open: 0 })
})

test('more processes than it may open descriptors', async () => {
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 1)
  for (let count = 0; count < 30; count++) await sandbox.peer().ask(`connect 127.0.0.1 ${port}`)
  const call = `ulimit -n 20; exec ${longhaul} hangup 127.0.0.1 ${port} --json`
  const finished = await sandbox.run(['bash', '-c', call])
  expect([finished.status, finished.stderr, outcomes(finished)]).toEqual([
    0,
    '31 hung-up\n',
    { 'hung-up': 31 },
  ])
  await stateOf(client, { ended: 1 })
})

test('--pid of a process that can not be looked into touches nothing, with --reset and without', async context => {
  if (!isRoot) context.skip(needsRoot)
  await using sandbox = await createSandbox()
  const { port } = await connectPair(sandbox, 2)
  const hidden = sandbox.peer({ uid: 1000 })
  await hidden.ask(`connect 127.0.0.1 ${port} 2`)
  const { pid } = await hidden.ask('state')
  const call = [longhaul, 'hangup', '127.0.0.1', '0', '--pid', String(pid)]

  for (const option of [[], ['--reset'], ['--dry-run'], ['--dry-run', '--reset']]) {
    const finished = await sandbox.run([...call, ...option], { without: ['sys_ptrace'] })
    expect(finished).toMatchObject({ status: 1, stdout: '' })
    expect(finished.stderr).toMatch(new RegExp(`^longhaul: hangup: --pid ${pid}: .*CAP_SYS_PTRACE.*\\n$`))
  }
  expect(await sandbox.established()).toHaveLength(8)
})

test.for(['hidepid=1', 'hidepid=2', 'hidepid=4'])(
  '--pid of a process that a /proc mounted with %s hides',
  async (option, context) => {
    if (!isRoot) context.skip(needsRoot)
    await using sandbox = await createSandbox()
    const { client, port } = await connectPair(sandbox, 1)
    const { pid } = await client.ask('state')
    const { status, stderr } = await sandbox.run(['mount', '-o', `remount,${option}`, '/proc'])
    if (status !== 0) context.skip(`no such option here: ${stderr}`)
    const call = [longhaul, 'hangup', '127.0.0.1', String(port)]

    const hidden = await sandbox.run([...call, '--pid', String(pid)], { uid: 1000 })
    const missing = await sandbox.run([...call, '--pid=999999'], { uid: 1000 })
    const all = await sandbox.run(call, { uid: 1000 })

    const needs = expect.stringContaining('CAP_SYS_PTRACE')
    expect(hidden).toMatchObject({ status: 1, stdout: '', stderr: needs })
    expect(missing).toMatchObject({ status: 1, stderr: expect.stringContaining('No such process') })
    expect(all).toMatchObject({ status: 1, stdout: expect.stringContaining('\n1 denied\n'), stderr: needs })
  },
)

test.each([
  '',
  '127.0.0.1',
  '127.0.0.1 80 90',
  '127.0.0.1 65536',
  '127.0.0.1 -1',
  '127.0.0.1 80-',
  '127.0.0.1 90-80',
  '127.0.0.1 0-80',
  '127.0.0.1/33 80',
  '127.0.0.1/ 80',
  '127.0.0 80',
  'fd00::/129 80',
  'example.com 80',
  '127.0.0.1 80 --pid 0',
  '127.0.0.1 80 --older-than soon',
  '127.0.0.1 80 --no-such-option',
  '127.0.0.1 80 --dry-run=yes',
])('a wrong call exits 2: %s', async call => {
  const finished = await runOutside([longhaul, 'hangup', ...call.split(' ').filter(word => word !== '')])
  expect(finished).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('hangup') })
})

test.each([
  ['::1 80 --spread=721h', '--spread: "721h" is over the limit of 720h'],
  ['::1 80 --pid x', '--pid: "x" is not the id of a process'],
  ['example.com 80', '"example.com" is not an address such as 10.0.0.7, 10.0.0.0/8 or 2001:db8::/32'],
  ['::1 http', '"http" is not a port such as 80, a range such as 80-90, or 0 for any'],
  ['::1 80 90', '"90" is one too many: it takes an address and a port'],
])('a wrong value is told with its option and the rule: %s', async (call, message) => {
  const { stderr } = await runOutside([longhaul, 'hangup', ...call.split(' ')])
  expect(stderr).toBe(`longhaul: hangup: ${message}\n`)
})

test.each([
  ['hangup', 'spread'],
  ['list', 'without-keepalive'],
])('%s --help names every option of its tables', async (applet, one) => {
  const { status, stdout } = await runOutside([longhaul, applet, '--help'])
  const source = [`${applet}.c`, 'choice.h'].map(file =>
    readFileSync(new URL(`../../native/longhaul/applets/${file}`, import.meta.url), 'utf8'),
  )
  const names = [...source.join('').matchAll(/\[(?:OPTION|CHOICE)_\w+\] = \{\s+"([\w-]+)"/g)].map(
    match => match[1],
  )
  expect(status).toBe(0)
  expect(names).toEqual(expect.arrayContaining([one, 'local', 'netns', 'json']))
  for (const name of names) expect(stdout).toContain(`--${name}`)
})
