/** Hanging up while draining: which connections, when, and how. */
import { beforeEach, expect, test, vi } from 'vitest'
import { binary as longhaul, preload } from './build.ts'
import { connectPair, drain, endsWell, outlasting } from './drains.ts'
import { borrowing, compile } from './fixtures.ts'
import { isInstalled, temporaryFolder } from './programs.ts'
import {
  createSandbox,
  isRoot,
  missingForSandbox,
  type Peer,
  podAddress,
  type RunOptions,
  runOutside,
  type Sandbox,
} from './sandbox.ts'

vi.setConfig({ testTimeout: 60_000 })

const quietMs = 600
const quiet = `--hangup-quiet=${quietMs}ms`
/** With such a timeout they are hung up over the first second, and the drain ends before any is told twice. */
const brief = `--timeout=2s ${quiet}`
const missing = missingForSandbox()

beforeEach(context => {
  if (missing !== undefined) context.skip(missing)
})

type Pair = { server: Peer; client: Peer }

/** One request on each of that many connections, each answered as soon as it is read. */
async function exchange({ server, client }: Pair, count: number): Promise<void> {
  const { received } = await client.ask('state')
  await server.ask(`answer ${count}`)
  await client.ask('send 5')
  await expect.poll(() => client.ask('state')).toMatchObject({ received: received + 5 * count })
}

/** Clients that have had their answers: two each, since the kernel does not tell a single quick one from a greeting. */
async function quietPair(sandbox: Sandbox, count: number): Promise<Pair & { port: number }> {
  const pair = await connectPair(sandbox, count)
  await exchangeTwice(pair, count)
  return pair
}

async function exchangeTwice(pair: Pair, count: number): Promise<void> {
  await exchange(pair, count)
  await exchange(pair, count)
}

/** Settles when a connection has been the way it is for longer than it has to be quiet. */
const quietTime = () => new Promise(done => setTimeout(done, 2 * quietMs))

const expectOpen = (peer: Peer, count: number) =>
  expect(peer.ask('state')).resolves.toMatchObject({ open: count, ended: 0, reset: 0 })

test('quiet connections are hung up with a FIN, and the drain ends with the last', async () => {
  await using sandbox = await createSandbox()
  const { client, port } = await quietPair(sandbox, 20)
  await endsWell(drain(sandbox, `--timeout=6s ${quiet}`))
  await expect.poll(() => client.ask('state')).toMatchObject({ ended: 20, reset: 0 })
  expect(sandbox.log()).toMatch(
    new RegExp(`\nlonghaul: drain: 20 connections on port ${port} ended after \\d\\.\\ds; 20 hung up\n$`),
  )
})

test('without the option none is', async () => {
  await using sandbox = await createSandbox()
  const { client } = await quietPair(sandbox, 2)
  await endsWell(drain(sandbox, '--timeout=1s'))
  await expectOpen(client, 2)
})

/** What must never be hung up, by what it is that waits; all are as quiet as can be otherwise. */
const busy: [string, (pair: Pair) => Promise<unknown>][] = [
  ['a new connection', async () => undefined],
  ['a connection on which only the server has spoken', ({ server }) => server.ask('send 5')],
  [
    'a request that waits for its answer',
    async pair => {
      await exchange(pair, 1)
      await pair.client.ask('send 5')
    },
  ],
  [
    'a request that came with the answer to the last one',
    async pair => {
      await pair.client.ask('answer 1')
      await exchange(pair, 1)
    },
  ],
  [
    'an upload that the server does not read',
    async pair => {
      await exchange(pair, 1)
      await pair.server.ask('configure read off')
      await pair.client.ask('send 4000000')
    },
  ],
  [
    'a download that the client does not read',
    async pair => {
      await exchange(pair, 1)
      await pair.client.ask('configure read off')
      // A small receive buffer (SO_RCVBUF), which does not grow to hold it all.
      await pair.client.ask('set-option 1 8 4096')
      await pair.server.ask('send 8000000')
    },
  ],
]

test.each(busy)('%s is not hung up, and its neighbour is', async (_name, occupy) => {
  await using sandbox = await createSandbox()
  const neighbour = await quietPair(sandbox, 1)
  const pair = await connectPair(sandbox, 1)
  await occupy(pair)
  await quietTime()

  await endsWell(drain(sandbox, brief))

  await expect.poll(() => neighbour.client.ask('state')).toMatchObject({ ended: 1 })
  await expectOpen(pair.server, 1)
  expect(sandbox.log()).toContain(' 1 of 2 connections on ports ')
  expect(sandbox.log()).toContain('; 1 hung up; ')
})

test('a request in the very tick of the answer before waits all the same', async () => {
  await using sandbox = await createSandbox()
  const pair = await connectPair(sandbox, 50)
  // Each answer is answered by another request at once; the kernel's times show hardly ever which came last.
  await pair.client.ask('answer 50')
  await exchange(pair, 50)
  await expect.poll(() => pair.server.ask('state')).toMatchObject({ received: 500 })
  await quietTime()
  await endsWell(drain(sandbox, brief))
  await expectOpen(pair.server, 50)
})

test('the first request in the very tick of the greeting waits all the same', async () => {
  await using sandbox = await createSandbox()
  const pair = await connectPair(sandbox, 50)
  await pair.client.ask('answer 50')
  await pair.server.ask('send 5')
  await expect.poll(() => pair.server.ask('state')).toMatchObject({ received: 250 })
  await quietTime()
  await endsWell(drain(sandbox, brief))
  await expectOpen(pair.server, 50)
})

test('what becomes busy again before its turn is left alone', async () => {
  await using sandbox = await createSandbox()
  const pair = await quietPair(sandbox, 2)
  await quietTime()
  const running = drain(sandbox, `--timeout=12s ${quiet}`)
  await expect.poll(() => pair.client.ask('state')).toMatchObject({ ended: 1 })
  // The other one's turn is half the time later: now a request waits on it.
  await pair.client.ask('send 5')
  await endsWell(running)
  await expect(pair.client.ask('state')).resolves.toMatchObject({ open: 1, ended: 1 })
  expect(sandbox.log()).toContain(' 1 of 2 connections on port ')
})

test('an end of file comes first, and what is still to be sent gets through', async () => {
  await using sandbox = await createSandbox()
  const { server, client } = await quietPair(sandbox, 1)
  await server.ask('configure close off')
  await endsWell(drain(sandbox, brief))
  await expect(server.ask('state')).resolves.toMatchObject({ ended: 1 })
  const { received, ended } = await client.ask('state')
  expect(ended).toBe(0)
  await server.ask('send 5')
  await expect.poll(() => client.ask('state')).toMatchObject({ received: received + 5, ended: 0 })
})

test('what a program does not close two seconds after is ended', async () => {
  await using sandbox = await createSandbox()
  const { server, client } = await quietPair(sandbox, 3)
  await server.ask('configure close off')
  await quietTime()
  const startMs = performance.now()
  drain(sandbox, `${outlasting} ${quiet}`)
  await expect.poll(() => client.ask('state')).toMatchObject({ ended: 1, reset: 0 })
  expect(performance.now()).toBeGreaterThan(startMs + 2000)
})

test('what gets a request once it was told is not ended before that is answered', async () => {
  await using sandbox = await createSandbox()
  const { server, client } = await quietPair(sandbox, 1)
  await server.ask('configure close off')
  await quietTime()
  const running = drain(sandbox, `--timeout=5s ${quiet}`)
  await expect.poll(() => server.ask('state')).toMatchObject({ ended: 1 })
  await client.ask('send 5')
  await endsWell(running)
  await expectOpen(client, 1)
})

test('they are spread evenly over the time, but for its end', async () => {
  await using sandbox = await createSandbox()
  const count = 8
  const { client } = await quietPair(sandbox, count)
  await quietTime()
  const startMs = performance.now()
  const running = drain(sandbox, `--timeout=13s ${quiet}`)
  const spreadMs = 13_000 - 5000
  for (let ended = 1; ended <= count; ended++) {
    await expect
      .poll(async () => (await client.ask('state')).ended, { interval: 5 })
      .toBeGreaterThanOrEqual(ended)
    expect(performance.now() - startMs).toBeGreaterThan((Math.trunc(spreadMs / count) - 1) * (ended - 1))
  }
  await endsWell(running)
  expect(sandbox.log()).toContain(`; ${count} hung up\n`)
})

test('SIGTERM ends it between two hangups', async () => {
  await using sandbox = await createSandbox()
  const { client } = await quietPair(sandbox, 10)
  const script = `${longhaul} drain ${outlasting} ${quiet} & read -r _; kill $!; wait $!`
  const running = sandbox.start(['bash', '-c', script])
  await expect.poll(() => client.ask('state')).toMatchObject({ ended: 1 })
  running.process.stdin?.end('\n')
  await endsWell(running)
  await expect(client.ask('state')).resolves.toMatchObject({ ended: 1, open: 9 })
  expect(sandbox.log()).toMatch(
    /\n.* (9|10) of 10 connections on port \d+ still open after .*; 1 hung up; port .*\n$/,
  )
})

test('of two containers, each hangs up what its own processes hold', async () => {
  await using sandbox = await createSandbox()
  await using helper = await createSandbox({ networkOf: sandbox })
  const { client } = await quietPair(sandbox, 4)
  await quietTime()
  await endsWell(drain(helper, `--timeout=1s ${quiet}`))
  await expectOpen(client, 4)
  expect(helper.log()).not.toContain('hung up')
  expect(helper.log()).not.toContain('not reached')
  await Promise.all([drain(sandbox, `--timeout=6s ${quiet}`), drain(helper, outlasting)].map(endsWell))
  await expect.poll(() => client.ask('state')).toMatchObject({ ended: 4, reset: 0 })
})

test('two at once that both can, as where containers share their processes', async () => {
  await using sandbox = await createSandbox()
  const { client } = await quietPair(sandbox, 20)
  await Promise.all([1, 2].map(() => endsWell(drain(sandbox, `--timeout=6s ${quiet}`))))
  await expect.poll(() => client.ask('state')).toMatchObject({ ended: 20, reset: 0 })
})

test('connections that do not count are left alone', async () => {
  await using sandbox = await createSandbox()
  const metrics = await quietPair(sandbox, 1)
  const other = await quietPair(sandbox, 1)
  const inside = { server: sandbox.peer(), client: sandbox.peer() }
  const { port } = await inside.server.ask('listen 0.0.0.0')
  await inside.client.ask(`connect ${podAddress} ${port} 1`)
  await exchangeTwice(inside, 1)
  await quietTime()
  await endsWell(drain(sandbox, `${brief} --not-port=${metrics.port}`))
  await expect.poll(() => other.client.ask('state')).toMatchObject({ ended: 1 })
  await expectOpen(metrics.client, 1)
  await expectOpen(inside.client, 1)
})

test('lists that fail for a while keep nobody from being hung up', async context => {
  if (!isInstalled('strace')) context.skip('strace is not installed')
  await using sandbox = await createSandbox()
  const { client, port } = await quietPair(sandbox, 6)
  await quietTime()
  // In the time between the first turn and the second: lists only.
  const failing = ['strace', '-qq', '-o', '/dev/null', '-e', 'inject=recvmsg:error=ENOBUFS:when=20..24']
  const call = [longhaul, 'drain', '--timeout=20s', quiet, `--port=${port}`]
  await endsWell(sandbox.start(['env', 'ASAN_OPTIONS=detect_leaks=0', ...failing, ...call]))
  await expect.poll(() => client.ask('state')).toMatchObject({ ended: 6, reset: 0 })
})

/** Servers in processes of which no socket can be borrowed, as in most containers. */
async function confined(
  context: Parameters<typeof compile>[0],
  sandbox: Sandbox,
  { count = 3, ...options }: { count?: number; through?: readonly string[] } & Pick<RunOptions, 'uid'>,
) {
  const forbid = await compile(context, 'forbid', temporaryFolder())
  const through = (...more: readonly string[]) => [forbid, borrowing, ...more]
  const server = sandbox.peer({ ...options, through: through(...(options.through ?? [])) })
  const client = await sandbox.outsider()
  const { port } = await server.ask('listen 0.0.0.0 8080')
  await client.ask(`connect ${podAddress} ${port} ${count}`)
  await expect.poll(() => server.ask('state')).toMatchObject({ accepted: count })
  await exchangeTwice({ server, client }, count)
  await quietTime()
  const run = (call: string) => drain(sandbox, call, { ...options, through: through() })
  return { server, client, run }
}

const withLibrary = ['env', ...Object.entries(preload()).map(pair => pair.join('='))]

test('the library does it where sockets may not be borrowed', async context => {
  await using sandbox = await createSandbox()
  const { client, run } = await confined(context, sandbox, { count: 20, through: withLibrary })
  await endsWell(run(`--timeout=6s ${quiet}`))
  await expect.poll(() => client.ask('state')).toMatchObject({ ended: 20, reset: 0 })
  expect(sandbox.log()).toContain('; 20 hung up\n')
})

test('the library ends what the program does not close', async context => {
  await using sandbox = await createSandbox()
  const { server, client, run } = await confined(context, sandbox, { count: 1, through: withLibrary })
  await server.ask('configure close off')
  await endsWell(run(`${outlasting} ${quiet}`))
  await expect.poll(() => client.ask('state')).toMatchObject({ ended: 1, reset: 0 })
})

test('as an unprivileged user', async context => {
  if (!isRoot) context.skip('needs root: other user ids')
  await using sandbox = await createSandbox()
  const { client, run } = await confined(context, sandbox, { uid: 1000, through: withLibrary })
  const running = run(`--timeout=6s ${quiet}`)
  await endsWell(running)
  await expect.poll(() => client.ask('state')).toMatchObject({ ended: 3, reset: 0 })
})

test.for([
  ['without the library', [], undefined, /without libkeepalive.so/],
  ['that catches SIGURG itself', withLibrary, 'urge caught', /catches or blocks SIGURG itself/],
  ['that blocks SIGURG', withLibrary, 'urge blocked', /catches or blocks SIGURG itself/],
] as const)(
  'a process %s is not reached, unharmed, and that is said',
  async ([, through, command, reason], context) => {
    await using sandbox = await createSandbox()
    const { server, client, run } = await confined(context, sandbox, { through })
    if (command !== undefined) await server.ask(command)
    await endsWell(run(brief))
    await expectOpen(client, 3)
    await expectOpen(server, 3)
    expect(sandbox.log()).toMatch(
      / 3 of 3 connections on port 8080 still open .*; 3 not reached: the container's /,
    )
    expect(sandbox.log()).toMatch(reason)
  },
)

test('a duration that is none is refused', async () => {
  const { status, stderr } = await runOutside([longhaul, 'drain', '--hangup-quiet=soon'])
  expect([status, stderr]).toEqual([
    2,
    'longhaul: drain: --hangup-quiet: "soon" is not a duration such as 5s\n',
  ])
})
