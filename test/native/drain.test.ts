import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, expect, test } from 'vitest'
import { binary as longhaul } from './build.ts'
import { connectPair, drain, endsWell, outlasting, waiting } from './drains.ts'
import { isInstalled, temporaryFolder } from './programs.ts'
import {
  createSandbox,
  type Finished,
  hasMptcp,
  isRoot,
  missingForSandbox,
  podAddress,
  podAddressIpv6,
  runOutside,
  type Sandbox,
} from './sandbox.ts'

/** The most that drain waits from one look at the connections to the next, where looking costs little. */
const pollMs = 100
const missing = missingForSandbox()
const needsRoot = 'needs root: other user ids and capabilities'

/** Resolves when a drain in there has read the ports and sleeps: before that it never does. */
async function sleeping(sandbox: Sandbox): Promise<void> {
  const isAsleep = "grep -qs '(longhaul) S' /proc/[0-9]*/stat"
  await expect.poll(() => sandbox.run(['sh', '-c', isAsleep])).toMatchObject({ status: 0 })
}

beforeEach(context => {
  if (missing !== undefined) context.skip(missing)
})

test('without connections it ends at once, and says so in the log of process 1', async () => {
  await using sandbox = await createSandbox()
  const { port } = await connectPair(sandbox, 0)
  const { status, stdout } = await drain(sandbox, outlasting).finished
  expect([status, stdout]).toEqual([0, ''])
  expect(sandbox.log()).toBe(`longhaul: drain: no connections on port ${port}\n`)
})

test.each([
  ['IPv4', { address: podAddress, listen: '0.0.0.0' }],
  ['IPv6', { address: podAddressIpv6 }],
  ['IPv4 on an IPv6 listener', { address: podAddress }],
])('one connection, %s: it ends soon after the end', async (_name, ends) => {
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 1, ends)
  const running = drain(sandbox, outlasting)
  await waiting(sandbox, running)
  await sleep(3 * pollMs)
  expect(running.process.exitCode).toBeNull()
  await client.ask('close 1')
  await endsWell(running)
  expect(sandbox.log()).toMatch(
    new RegExp(
      `^longhaul: drain: 1 connection on port ${port}, waiting at most 600.0s\nlonghaul: drain: 1 connection on port ${port} ended after \\d+\\.\\ds\\n$`,
    ),
  )
})

test('1,000 connections, some closed meanwhile, some never', async () => {
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 1000)
  const running = drain(sandbox, '--timeout 5s')
  await waiting(sandbox, running)
  await client.ask('close 700')
  const { status, ms } = await running.finished
  expect(status).toBe(0)
  expect(ms).toBeGreaterThan(4900)
  expect(sandbox.log()).toMatch(
    new RegExp(`\nlonghaul: drain: 300 of 1000 connections on port ${port} still open after \\d+\\.\\ds; `),
  )
})

test('1,000 connections that all end', async () => {
  await using sandbox = await createSandbox()
  const { client } = await connectPair(sandbox, 1000)
  const running = drain(sandbox, outlasting)
  await waiting(sandbox, running)
  await client.ask('close 999')
  await sleep(500)
  expect(running.process.exitCode).toBeNull()
  await client.ask('close 1')
  await endsWell(running)
  expect(sandbox.log()).toContain('1000 connections on port')
})

test('where it takes little to list connections, they are listed often', async context => {
  if (!isInstalled('strace')) context.skip('strace is not installed')
  await using sandbox = await createSandbox()
  const { client, port } = await connectPair(sandbox, 1)
  const trace = join(temporaryFolder(), 'trace')
  const traced = ['strace', '-qq', '-o', trace, '-e', 'trace=rt_sigtimedwait']
  const call = [longhaul, 'drain', outlasting, `--port=${port}`]
  const running = sandbox.start(['env', 'ASAN_OPTIONS=detect_leaks=0', ...traced, ...call])
  await waiting(sandbox, running)
  // Some of them, as a machine that others work on too may take long for one list, and then the pause is longer.
  await expect.poll(() => pausesMs(readFileSync(trace, 'utf8')).filter(ms => ms <= pollMs)).not.toEqual([])
  await client.ask('close 1')
  await endsWell(running)
})

/** The pauses that were asked for, as strace shows them. */
function pausesMs(trace: string): number[] {
  return [...trace.matchAll(/tv_sec=(\d+), tv_nsec=(\d+)/g)].map(
    ([, seconds, nanoseconds]) => 1000 * Number(seconds) + Number(nanoseconds) / 1_000_000,
  )
}

test('where it takes long to list connections, they are listed seldom', async context => {
  if (!isInstalled('strace')) context.skip('strace is not installed')
  await using sandbox = await createSandbox()
  const { port } = await connectPair(sandbox, 1)
  // A list for IPv4 and one for IPv6, each 60 ms: twenty times as long is more than the 2 s between polls at most.
  const slow = ['strace', '-qq', '-e', 'trace=sendmsg', '-e', 'inject=sendmsg:delay_exit=60000']
  const call = [longhaul, 'drain', '--timeout=3s', `--port=${port}`]
  const { stderr } = await sandbox.run(['env', 'ASAN_OPTIONS=detect_leaks=0', ...slow, ...call])
  expect(sandbox.log()).toContain('1 of 1 connection')
  // At the start, after 2 s and at the end, however slow the machine is; every 100 ms there would be 25.
  const lists = stderr.match(/^sendmsg\(/gm)?.length
  expect([2 * 2, 3 * 2]).toContain(lists)
})

test('it sleeps first, and watches the ports that were listened on before', async () => {
  await using sandbox = await createSandbox()
  const { server, client } = await connectPair(sandbox, 1)
  const running = drain(sandbox, `--sleep 2s ${outlasting}`)
  await sleeping(sandbox)
  await server.ask('unlisten')
  await waiting(sandbox, running)
  await client.ask('close 1')
  await endsWell(running)
})

test('without a timeout it only sleeps', async () => {
  await using sandbox = await createSandbox()
  await connectPair(sandbox, 1)
  const { status, ms } = await drain(sandbox, '--sleep=700ms').finished
  expect(status).toBe(0)
  expect(ms).toBeGreaterThan(690)
  expect(sandbox.log()).not.toContain('waiting')
})

test('outgoing connections do not count', async () => {
  await using sandbox = await createSandbox()
  const { server: application, client: server, port } = await connectPair(sandbox, 0)
  const { port: otherPort } = await server.ask('listen 10.77.0.2')
  await application.ask(`connect 10.77.0.2 ${otherPort} 3`)
  await endsWell(drain(sandbox, outlasting))
  expect(sandbox.log()).toContain(`no connections on port ${port}\n`)
})

test("another container's connections count, whoever asks", async () => {
  await using sandbox = await createSandbox()
  await using helper = await createSandbox({ networkOf: sandbox })
  const { client, port } = await connectPair(sandbox, 2)
  const both = [drain(sandbox, outlasting), drain(helper, outlasting)]
  const counted = `2 connections on port ${port}, waiting at most 600.0s\n`
  await expect
    .poll(() => [sandbox.log(), helper.log()])
    .toEqual(Array(2).fill(expect.stringContaining(counted)))
  await client.ask('close 1')
  await sleep(300)
  expect(both.map(running => running.process.exitCode)).toEqual([null, null])
  await client.ask('close 1')
  expect((await Promise.all(both.map(({ finished }) => finished))).map(({ status }) => status)).toEqual([
    0, 0,
  ])
  expect(helper.log()).toContain(`2 connections on port ${port} ended after`)
})

test('it needs neither rights nor a view of processes', async context => {
  if (!isRoot) context.skip(needsRoot)
  await using sandbox = await createSandbox()
  const { port } = await connectPair(sandbox, 1)
  const { status, stderr } = await sandbox.run(['mount', '-o', 'remount,hidepid=2', '/proc'])
  if (status !== 0) context.skip(`no such option here: ${stderr}`)
  const { stdout } = await drain(sandbox, '--timeout 500ms', { uid: 65534 }).finished
  expect(stdout).toContain(`drain: 1 of 1 connection on port ${port} still open after`)
})

test.each([
  ['IPv4 over loopback', '127.0.0.1', '127.0.0.1', ''],
  ['another loopback address', '127.0.0.1', '127.0.0.1', '127.9.9.9'],
  ['IPv6 over loopback', '::1', '::1', ''],
  ['IPv4 over loopback, on an IPv6 listener', '127.0.0.1', '::', ''],
  ["the pod's own IPv4 address", podAddress, '0.0.0.0', podAddress],
  ["the pod's own IPv4 address, on an IPv6 listener", podAddress, '::', podAddress],
  ["the pod's own IPv6 address", podAddressIpv6, '::', podAddressIpv6],
  ['one of its addresses to another', podAddress, '::', '10.77.0.9'],
])('connections within the pod do not count: %s', async (_name, address, listen, source) => {
  await using sandbox = await createSandbox()
  const { server, port } = await connectPair(sandbox, 0, { listen })
  await sandbox.run(['ip', 'address', 'add', '10.77.0.9/24', 'dev', 'cable'])
  await sandbox.peer().ask(`connect ${address} ${port} 3 ${source}`.trim())
  await expect.poll(() => server.ask('state')).toMatchObject({ accepted: 3 })
  await drain(sandbox, outlasting).finished
  expect(sandbox.log()).toBe(`longhaul: drain: no connections on port ${port}\n`)
})

/** As a pod on the host network has it: with a setting of the network stack that only the first network namespace shows. */
const onHostNetwork = [
  ...['unshare', '--mount', 'sh', '-c'],
  'mount -t tmpfs tmpfs /proc/sys/net/core && : >/proc/sys/net/core/dev_weight && exec "$@"',
  'sh',
]

test.each([
  [
    'an address of the node is outside: a program on it, or a client behind a NodePort',
    podAddress,
    / 1 of 1 connection on port \d+ still open after /,
  ],
  ['a loopback address is inside', '127.0.0.1', /^longhaul: drain: no connections on port \d+\n$/],
])('on a host network, a peer with %s', async (_name, address, log) => {
  await using sandbox = await createSandbox()
  const { server, port } = await connectPair(sandbox, 0)
  await sandbox.peer().ask(`connect ${address} ${port} 1`)
  await expect.poll(() => server.ask('state')).toMatchObject({ accepted: 1 })
  await sandbox.run([...onHostNetwork, longhaul, 'drain', '--timeout=200ms', `--port=${port}`])
  expect(sandbox.log()).toMatch(log)
})

test('--not-port leaves ports out, of those listened on and of those named', async () => {
  await using sandbox = await createSandbox()
  const metrics = await connectPair(sandbox, 1, { port: 9090 })
  await connectPair(sandbox, 0, { port: 8080 })
  await drain(sandbox, `${outlasting} --not-port=9090 --not-port=1`).finished
  await drain(sandbox, `${outlasting} --not-port=9090 --port=9090 --port=8080`).finished
  await drain(sandbox, `${outlasting} --not-port=9090 --not-port=8080`).finished
  const none = 'longhaul: drain: no connections on port 8080\n'
  const nothing = 'longhaul: drain: no listening port that counts, nothing to wait for\n'
  expect(sandbox.log()).toBe(`${none}${none}${nothing}`)
  await expect(metrics.server.ask('state')).resolves.toMatchObject({ open: 1 })
})

test('what is left at the end is named, up to three', async () => {
  await using sandbox = await createSandbox()
  const server = sandbox.peer()
  await server.ask('listen :: 8080')
  const client = await sandbox.outsider()
  const { local } = await client.ask(`connect ${podAddress} 8080 1`)
  const { local: localIpv6 } = await client.ask(`connect ${podAddressIpv6} 8080 1`)
  await expect.poll(() => server.ask('state')).toMatchObject({ accepted: 2 })
  await drain(sandbox, '--timeout 200ms').finished
  expect(sandbox.log()).toContain(`port 8080 from 10.77.0.2:${local[0]?.port}`)
  expect(sandbox.log()).toContain(`port 8080 from [fd77::2]:${localIpv6[0]?.port}`)
  expect(sandbox.log()).not.toContain('and more')

  await client.ask(`connect ${podAddress} 8080 2`)
  await expect.poll(() => server.ask('state')).toMatchObject({ accepted: 4 })
  await drain(sandbox, '--timeout 200ms').finished
  expect(sandbox.log()).toMatch(
    /4 of 4 connections on port 8080 still open after \d\.\ds; (port 8080 from \S+:\d+(, | )){3}and more\n$/,
  )
})

test('a hook that is killed while it waits leaves a trace', async () => {
  await using sandbox = await createSandbox()
  const { port } = await connectPair(sandbox, 1)
  const running = drain(sandbox, '--timeout=90s')
  const start = `longhaul: drain: 1 connection on port ${port}, waiting at most 90.0s\n`
  await expect.poll(() => sandbox.log()).toBe(start)
  expect(running.process.exitCode).toBeNull()
})

test('--port watches those ports only', async () => {
  await using sandbox = await createSandbox()
  await connectPair(sandbox, 1)
  const watched = await connectPair(sandbox, 1)
  const running = drain(sandbox, `${outlasting} --port 1 --port ${watched.port}`)
  await waiting(sandbox, running)
  await watched.client.ask('close 1')
  await endsWell(running)
  expect(sandbox.log()).toContain(`on ports 1, ${watched.port} ended`)
})

test('an MPTCP listener, as Go servers have', async context => {
  if (!hasMptcp) context.skip('needs a kernel with MPTCP')
  await using sandbox = await createSandbox()
  const server = sandbox.peer()
  const client = await sandbox.outsider()
  await server.ask('configure mptcp on')
  const { port } = await server.ask('listen 0.0.0.0')
  await client.ask(`connect ${podAddress} ${port}`)
  const running = drain(sandbox, outlasting)
  await waiting(sandbox, running)
  await client.ask('close 1')
  await endsWell(running)
})

test('more ports than one filter holds', async () => {
  await using sandbox = await createSandbox()
  const server = sandbox.peer()
  const client = await sandbox.outsider()
  await server.ask('listen-many 0.0.0.0 10001 1100')
  await client.ask(`connect ${podAddress} 12199`)
  const running = drain(sandbox, outlasting)
  await waiting(sandbox, running)
  await client.ask('close 1')
  await endsWell(running)
  expect(sandbox.log()).toContain('10001, 10003')
  expect(sandbox.log()).toContain(' and more ended')
})

test('no listener at all', async () => {
  await using sandbox = await createSandbox()
  await endsWell(drain(sandbox, outlasting))
  expect(sandbox.log()).toBe('longhaul: drain: no listening port that counts, nothing to wait for\n')
})

test('a connection that waits to be accepted counts', async () => {
  await using sandbox = await createSandbox()
  const server = sandbox.peer()
  const client = await sandbox.outsider()
  await server.ask('configure accept off')
  const { port } = await server.ask('listen 0.0.0.0')
  await client.ask(`connect ${podAddress} ${port}`)
  const { ms } = await drain(sandbox, '--timeout 500ms').finished
  expect(ms).toBeGreaterThan(490)
  expect(sandbox.log()).toContain('1 of 1 connection')
})

test('a half-closed connection counts while it carries data', { timeout: 60_000 }, async () => {
  await using sandbox = await createSandbox()
  const { server, client, port } = await connectPair(sandbox, 1)
  await server.ask('configure close off')
  await client.ask('shutdown')
  const running = drain(sandbox, outlasting)
  for (let second = 0; second < 6; second++) {
    await server.ask('send 1000')
    await sleep(1000)
  }
  expect(running.process.exitCode).toBeNull()
  // The server keeps it in CLOSE_WAIT; five seconds without data and it is taken for forgotten.
  const lastSendMs = performance.now()
  await server.ask('send 1000')
  await endsWell(running)
  expect(performance.now() - lastSendMs).toBeGreaterThan(4900)
  // It has not ended, and must not be said to have.
  const quiet = '; 1 half-closed and quiet, not waited for'
  expect(sandbox.log()).toMatch(
    new RegExp(
      `\nlonghaul: drain: 0 of 1 connection on port ${port} still open after \\d+\\.\\ds${quiet}\\n$`,
    ),
  )
  await drain(sandbox, '--timeout 1s').finished
  expect(sandbox.log()).toContain(`longhaul: drain: no open connections on port ${port}${quiet}\n`)
})

test('a half-closed connection counts while the peer has not got everything', {
  timeout: 60_000,
}, async () => {
  await using sandbox = await createSandbox()
  const { server, client } = await connectPair(sandbox, 1)
  await client.ask('configure read off')
  // A small receive buffer (SO_RCVBUF), which does not grow to hold it all.
  await client.ask('set-option 1 8 4096')
  await server.ask('send 8000000')
  await server.ask('close 1')
  const states = await sandbox.run(['ss', '-Htn', 'state', 'fin-wait-1'])
  expect(states.stdout).not.toBe('')
  const running = drain(sandbox, outlasting)
  await waiting(sandbox, running)
  await sleep(6000)
  expect(running.process.exitCode).toBeNull()
  await client.ask('configure read on')
  await endsWell(running)
})

test.for([
  ['for a while', '3..8', outlasting, /\nlonghaul: drain: 1 connection on port \d+ ended after \d+\.\ds\n$/],
  [
    'always',
    '1+',
    '--timeout=3s',
    /^longhaul: drain: can't list connections: No buffer space available; waited all the same\n$/,
  ],
] as const)(
  'a list that the kernel has no memory for, %s, ends no wait',
  async ([, calls, timeout, log], context) => {
    if (!isInstalled('strace')) context.skip('strace is not installed')
    await using sandbox = await createSandbox()
    const { client, port } = await connectPair(sandbox, 1)
    const trace = join(temporaryFolder(), 'trace')
    const failing = ['strace', '-qq', '-o', trace, '-e', `inject=recvmsg:error=ENOBUFS:when=${calls}`]
    const call = [longhaul, 'drain', timeout, `--port=${port}`]
    const running = sandbox.start(['env', 'ASAN_OPTIONS=detect_leaks=0', ...failing, ...call])
    const failures = () => readFileSync(trace, 'utf8').match(/INJECTED/g)?.length ?? 0
    await expect.poll(failures).toBeGreaterThanOrEqual(6)
    if (timeout === outlasting) await waiting(sandbox, running)
    expect(running.process.exitCode).toBeNull()
    await client.ask('close 1')
    await endsWell(running)
    expect(sandbox.log()).toMatch(log)
  },
)

test('twice at once', async () => {
  await using sandbox = await createSandbox()
  const { client } = await connectPair(sandbox, 2)
  const both = [drain(sandbox, outlasting), drain(sandbox, outlasting)]
  await expect.poll(() => sandbox.log().match(/waiting at most/g)).toHaveLength(2)
  await client.ask('close 2')
  await Promise.all(both.map(endsWell))
  expect(sandbox.log().match(/2 connections on port \d+ ended after/g)).toHaveLength(2)
})

test.each([
  ['sleeps', `--sleep=10m ${outlasting}`, sleeping, /^longhaul: drain: stopped by a signal\n$/],
  ['waits', outlasting, waiting, /^.* waiting at most .*\n.* 1 of 1 connection.* still open after .*\n$/],
])('SIGTERM ends it with status 0 while it %s', async (_name, call, reached, log) => {
  await using sandbox = await createSandbox()
  await connectPair(sandbox, 1)
  const script = `${longhaul} drain ${call} & read -r _; kill $!; wait $!`
  const running = sandbox.start(['bash', '-c', script])
  await reached(sandbox, running)
  running.process.stdin?.end('\n')
  await endsWell(running)
  expect(sandbox.log()).toMatch(log)
})

test('on a read-only file system, and as an unprivileged user', async context => {
  if (!isRoot) context.skip(needsRoot)
  await using sandbox = await createSandbox()
  const server = sandbox.peer({ uid: 1000 })
  const client = await sandbox.outsider()
  const { port } = await server.ask('listen 0.0.0.0')
  await client.ask(`connect ${podAddress} ${port}`)
  const readOnly = [
    'mount --bind / /mnt',
    'mount --bind /proc /mnt/proc',
    'mount -o remount,bind,ro /mnt',
    'exec chroot --userspec=1000:1000 /mnt "$@"',
  ]
  const running = sandbox.start([
    ...['unshare', '--mount', 'sh', '-c', readOnly.join(' && '), 'sh'],
    ...[longhaul, 'drain', outlasting],
  ])
  await running.printed('waiting at most')
  await client.ask('close 1')
  const { status, stdout, stderr } = await running.finished
  expect([status, stderr]).toEqual([0, ''])
  // Process 1 is root's here, so that its log can't be opened: the line comes out on standard output.
  expect(stdout).toMatch(/\nlonghaul: drain: 1 connection on port \d+ ended after/)
})

test('a log that nobody reads holds nothing up', async () => {
  await using sandbox = await createSandbox()
  await connectPair(sandbox, 0)
  // Process 1 of another PID namespace has a full pipe as its standard output; dash redirects its own, without ().
  const fill = 'dd if=/dev/zero bs=4096 oflag=nonblock 2>/dev/null'
  const inner = `${fill}; (${longhaul} drain ${outlasting} --port=1 >&2); echo "status $?" >&2`
  const reader = `exec 3<&0; unshare --pid --fork --mount-proc sh -c '${inner}' | (read -r _ <&3; cat >/dev/null)`
  const running = sandbox.start(['bash', '-c', reader])
  await running.printed('status 0')
  running.process.stdin?.end('\n')
  expect((await running.finished).stderr).toBe('longhaul: drain: no connections on port 1\nstatus 0\n')
})

test('the log of an application that root has started as another user', async context => {
  if (!isRoot) context.skip(needsRoot)
  await using sandbox = await createSandbox()
  const hook = `(sleep 0.5; exec ${longhaul} drain --port=1 >&2) & exec setpriv --reuid=1000 --clear-groups sleep 1.5`
  const container = `setpriv --bounding-set=-sys_ptrace unshare --pid --fork --mount-proc sh -c '${hook}' | cat`
  const { stdout, stderr } = await sandbox.run(['sh', '-c', container])
  expect([stdout, stderr]).toEqual(['longhaul: drain: no connections on port 1\n', ''])
})

test.each([
  // As php-fpm does.
  ['standard output', '2>&1 >/dev/null', ''],
  // As the pause container does, in a pod whose containers share their processes.
  ['all that it says', '3>&1 >/dev/null 2>&1', '>&3'],
])(
  'where process 1 writes %s to /dev/null, the line comes out elsewhere',
  async (_name, output, ownOutput) => {
    await using sandbox = await createSandbox()
    const hook = `${longhaul} drain --port=1 ${ownOutput} & wait`
    const call = `unshare --pid --fork --mount-proc sh -c '${hook}' ${output} | cat`
    const { stdout } = await sandbox.run(['sh', '-c', call])
    expect(stdout).toBe('longhaul: drain: no connections on port 1\n')
  },
)

test.each(['--timeout', '--timeout soon', '--sleep -1s', '--port 0', '--port 65536', '--what', 'now'])(
  'a wrong call exits 2: %s',
  async call => {
    const finished: Finished = await runOutside([longhaul, 'drain', ...call.split(' ')])
    expect(finished).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('drain') })
  },
)

test.each([
  ['--sleep 25h', '--sleep: "25h" is over the limit of 24h'],
  ['--sleep=24h1ms', '--sleep: "24h1ms" is over the limit of 24h'],
  ['--timeout soon', '--timeout: "soon" is not a duration such as 5s'],
  ['--port 0', '--port: "0" is not a port from 1 to 65535'],
  ['now', '"now" is not an option, and drain takes nothing else'],
])('a wrong value is told with its option and the rule: %s', async (call, message) => {
  const { stderr } = await runOutside([longhaul, 'drain', ...call.split(' ')])
  expect(stderr).toBe(`longhaul: drain: ${message}\n`)
})

test('on a host network, only ports that are named are waited for', async context => {
  const settings = await runOutside(['ls', '/proc/sys/net/core'])
  if (!settings.stdout.includes('dev_weight')) context.skip('needs the first network namespace')
  // As on a node, something listens, whether or not this machine has services.
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { status, stdout } = await runOutside([longhaul, 'drain', '--timeout=200ms'])
  listener.close()
  expect(status).toBe(0)
  expect(stdout).toMatch(/on the host network the ports have to be named by --port, not waiting\n$/)
})
