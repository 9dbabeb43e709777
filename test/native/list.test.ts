/** What `longhaul list` tells of the connections of a network namespace. */
import { beforeEach, expect, test } from 'vitest'
import { binary as longhaul, preload } from './build.ts'
import { borrowing, compile } from './fixtures.ts'
import { temporaryFolder } from './programs.ts'
import { createSandbox, type Finished, missingForSandbox, type Sandbox } from './sandbox.ts'

const missing = missingForSandbox()

beforeEach(context => {
  if (missing !== undefined) context.skip(missing)
})

const list = (sandbox: Sandbox, ...call: string[]) => sandbox.run([longhaul, 'list', ...call])

const objects = ({ stdout }: Finished) =>
  stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))

const variables = Object.entries(preload({ LONGHAUL_KEEPALIVE: 'idle=50,user_timeout=70000' }))
const withLibrary = { through: ['env', ...variables.map(pair => pair.join('='))] }

/** Protected clients of an unprotected server, which leaves unread what they have sent. */
async function connect(sandbox: Sandbox, address = '127.0.0.1') {
  const server = sandbox.peer()
  const client = sandbox.peer(withLibrary)
  const { port } = await server.ask(`listen ${address}`)
  await client.ask(`connect ${address} ${port} 2`)
  await expect.poll(() => server.ask('state')).toMatchObject({ accepted: 2 })
  return { server, client, port: String(port) }
}

test.each(['127.0.0.1', '::1'])(
  'direction, keepalive with the time left, user timeout, queues and process over %s',
  async address => {
    await using sandbox = await createSandbox()
    const { server, client, port } = await connect(sandbox, address)
    await server.ask('configure read off')
    await client.ask('send 7')
    const [serverId, clientId] = await Promise.all(
      [server, client].map(async peer => (await peer.ask('state')).pid),
    )

    const outgoing = objects(await list(sandbox, address, port, '--json'))
    const incoming = objects(await list(sandbox, address, port, '--local', '--json'))

    expect(outgoing).toHaveLength(2)
    expect(outgoing[0]).toMatchObject({
      remoteAddress: address,
      remotePort: Number(port),
      direction: 'out',
      pid: clientId,
      keepalive: true,
      userTimeoutSeconds: 70,
    })
    expect(outgoing[0].keepaliveLeftSeconds).toBeGreaterThan(0)
    expect(outgoing[0].keepaliveLeftSeconds).toBeLessThanOrEqual(50)
    expect(incoming).toHaveLength(2)
    expect(incoming[0]).toMatchObject({
      direction: 'in',
      pid: serverId,
      keepalive: false,
      keepaliveLeftSeconds: null,
      userTimeoutSeconds: 0,
      receiveQueueBytes: 7,
      retransmissions: 0,
    })
  },
)

test('a table for people, with as much as can be known without borrowing sockets', async context => {
  const forbid = await compile(context, 'forbid', temporaryFolder())
  await using sandbox = await createSandbox()
  const { port } = await connect(sandbox)

  const { status, stdout } = await sandbox.run([longhaul, 'list', '127.0.0.1', port], {
    through: [forbid, borrowing],
  })

  expect(status).toBe(0)
  const [head, first] = stdout.split('\n')
  expect(head).toMatch(
    /^LOCAL +PEER +DIR +IDLE +KEEPALIVE +USER-TIMEOUT +RECV\/SEND-Q +RETR +RTT-MS +PROCESS$/,
  )
  expect(first).toMatch(
    RegExp(
      `^127\\.0\\.0\\.1:\\d+ +127\\.0\\.0\\.1:${port} +out +\\d+s +on, \\d+s left +\\? +0/0 +0 +\\d+ +python3?\\[\\d+\\]$`,
    ),
  )
  expect(stdout.trim().split('\n')).toHaveLength(3)
})

test('without an address all are listed; only those without keepalive, where that is asked', async () => {
  await using sandbox = await createSandbox()
  await connect(sandbox)
  await connect(sandbox, '::1')

  expect(objects(await list(sandbox, '--json'))).toHaveLength(8)
  const unprotected = objects(await list(sandbox, '--json', '--without-keepalive'))
  expect(unprotected.map(({ direction }) => direction)).toEqual(['in', 'in', 'in', 'in'])
})

test('nothing that matches is no failure', async () => {
  await using sandbox = await createSandbox()
  for (const call of [[], ['--json']]) {
    expect(await list(sandbox, '10.0.0.7', ...call)).toMatchObject({
      status: 0,
      stdout: '',
      stderr: 'no connection matched\n',
    })
  }
})

test.each([
  [['x'], '"x" is not an address'],
  [['10.0.0.7', '80-70'], '"80-70" is not a port'],
  [['10.0.0.7', '80', '90'], '"90" is one too many'],
  [['--idle-for', 'soon'], '--idle-for: "soon" is not a duration'],
  [['--netns', '/nowhere'], 'list: --netns: /nowhere'],
])('the call %j is told what is wrong', async (call, said) => {
  await using sandbox = await createSandbox()
  const { status, stdout, stderr } = await list(sandbox, ...call)
  expect([status, stdout]).toEqual([call[0] === '--netns' ? 1 : 2, ''])
  expect(stderr).toContain(said)
})
