/** `longhaul-node stale`: whose connections to a pod that is gone end, and which are never touched. */
import { beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { nodeBinary } from './build.ts'
import {
  createNodeNetwork,
  type Family,
  missingForNodeNetwork,
  type NodeNetwork,
  podPort,
  pods,
  type ServiceName,
  servicePort,
  services,
} from './node-network.ts'
import type { Peer, RunOptions } from './sandbox.ts'

vi.setConfig({ testTimeout: 60_000 })

let missing: string | undefined

beforeAll(async () => {
  missing = await missingForNodeNetwork()
})

beforeEach(context => {
  if (missing !== undefined) context.skip(missing)
})

/** A server in both backends. */
async function serve({ podPeer }: NodeNetwork) {
  const servers = { gone: podPeer('gone'), living: podPeer('living') }
  for (const server of Object.values(servers)) await server.ask(`listen :: ${podPort}`)
  return servers
}

const connect = (client: Peer, service: ServiceName, family: Family = 'ipv4', count = 1) =>
  client.ask(`connect ${services[service][family]} ${servicePort} ${count}`)

/** Runs it on the node; the lines that it prints. */
async function stale({ node }: NodeNetwork, call: readonly string[], options?: RunOptions) {
  const { status, stdout, stderr } = await node.run([nodeBinary, 'stale', ...call], options)
  return { status, stderr, lines: stdout.split('\n').slice(0, -1) }
}

const outcomes = (lines: readonly string[]) => lines.map(line => line.split(' ')[0])
const well = { status: 0, stderr: '' }

const expectUnharmed = (peer: Peer, open: number) =>
  expect(peer.ask('state')).resolves.toMatchObject({ open, ended: 0 })

test.for([
  ['ipv4', pods.gone.ipv4],
  ['ipv6', pods.gone.ipv6],
  ['mapped', pods.gone.ipv4],
] as const)(
  'ends what waits for a pod that is gone, and what sends to it (%s)',
  async ([family, address]) => {
    await using network = await createNodeNetwork()
    const servers = await serve(network)
    const waiting = network.podPeer('client')
    const sending = network.podPeer('client')
    const elsewhere = network.podPeer('client')
    await connect(waiting, 'gone', family, 3)
    await connect(sending, 'gone', family, 2)
    await connect(elsewhere, 'living', family, 2)
    await expect.poll(() => servers.living.ask('state')).toMatchObject({ open: 2 })
    await network.cut('gone')
    await sending.ask('send 1000')

    const { lines, ...rest } = await stale(network, [address])

    expect(rest).toEqual(well)
    expect(outcomes(lines)).toEqual(['found', 'ended', 'ended', 'ended', 'ended', 'ended'])
    for (const [client, count] of [
      [waiting, 3],
      [sending, 2],
    ] as const) {
      await expect.poll(() => client.ask('state')).toMatchObject({ open: 0, ended: count, aborted: count })
    }
    await expectUnharmed(elsewhere, 2)
    await expectUnharmed(servers.living, 2)
  },
)

test("reaches the node's own programs, and connections to the pod's own address", async () => {
  await using network = await createNodeNetwork()
  await serve(network)
  const own = network.node.peer()
  const direct = network.podPeer('client')
  await connect(own, 'gone')
  await direct.ask(`connect ${pods.gone.ipv4} ${podPort}`)
  await network.cut('gone')

  const { lines, ...rest } = await stale(network, [pods.gone.ipv4])

  expect(rest).toEqual(well)
  expect(outcomes(lines)).toEqual(['found', 'ended', 'ended'])
  for (const client of [own, direct]) {
    await expect.poll(() => client.ask('state')).toMatchObject({ open: 0, aborted: 1 })
  }
})

test('says what it would end, and of which Service, as JSON, too', async () => {
  await using network = await createNodeNetwork()
  await serve(network)
  const client = network.podPeer('client')
  const { local } = await connect(client, 'gone')
  const from = `${local[0]?.address}:${local[0]?.port}`

  expect(await stale(network, ['--dry-run', pods.gone.ipv4])).toEqual({
    ...well,
    lines: [
      'found 1',
      `dry-run ${from} -> ${services.gone.ipv4}:${servicePort} (${pods.gone.ipv4}:${podPort})`,
    ],
  })
  const { lines } = await stale(network, ['--dry-run', '--json', pods.gone.ipv4])
  expect(lines.map(line => JSON.parse(line))).toEqual([
    { found: 1 },
    {
      outcome: 'dry-run',
      clientAddress: local[0]?.address,
      clientPort: local[0]?.port,
      serviceAddress: services.gone.ipv4,
      servicePort,
      backendAddress: pods.gone.ipv4,
      backendPort: podPort,
    },
  ])
  await expectUnharmed(client, 1)
})

test('ends those to chosen ports only', async () => {
  await using network = await createNodeNetwork()
  const { gone } = await serve(network)
  const { port } = await gone.ask('listen 0.0.0.0')
  const chosen = network.podPeer('client')
  const other = network.podPeer('client')
  await connect(chosen, 'gone')
  await other.ask(`connect ${pods.gone.ipv4} ${port}`)

  const { lines } = await stale(network, [`--port=${podPort}`, pods.gone.ipv4])

  expect(outcomes(lines)).toEqual(['found', 'ended'])
  await expect.poll(() => chosen.ask('state')).toMatchObject({ aborted: 1 })
  await expectUnharmed(other, 1)
})

test('takes many addresses at once, of both families', async () => {
  await using network = await createNodeNetwork()
  await serve(network)
  const client = network.podPeer('client')
  const elsewhere = network.podPeer('client')
  await connect(client, 'gone', 'ipv4')
  await connect(client, 'gone', 'ipv6')
  await connect(elsewhere, 'living')
  const others = Array.from({ length: 20 }, (_, index) => `10.9.0.${index + 1}`)

  const { lines } = await stale(network, [pods.gone.ipv6, ...others, pods.gone.ipv4])

  expect(outcomes(lines)).toEqual(['found', 'ended', 'ended'])
  await expect.poll(() => client.ask('state')).toMatchObject({ aborted: 2 })
  await expectUnharmed(elsewhere, 1)
})

test('leaves those alone whose peer has answered of late', async () => {
  await using network = await createNodeNetwork()
  await serve(network)
  const client = network.podPeer('client')
  await connect(client, 'gone')

  const late = await stale(network, ['--without-ack-for=10m', pods.gone.ipv4])
  expect(outcomes(late.lines)).toEqual(['found', 'acknowledged'])
  await expectUnharmed(client, 1)

  const silent = async () => outcomes((await stale(network, ['--without-ack-for=1s', pods.gone.ipv4])).lines)
  await expect.poll(silent, { timeout: 10_000 }).toEqual(['found', 'ended'])
  await expect.poll(() => client.ask('state')).toMatchObject({ aborted: 1 })
})

test('has nothing to do with clients of other nodes', async () => {
  await using network = await createNodeNetwork()
  await serve(network)
  const client = network.podPeer('client')
  await connect(client, 'gone')
  await network.node.run(['umount', '/run/netns/client'])
  expect(await stale(network, [pods.gone.ipv4])).toEqual({ ...well, lines: ['found 0'] })
  await expectUnharmed(client, 1)
})

test("leaves a client's address alone that several networks have", async () => {
  await using network = await createNodeNetwork()
  await serve(network)
  const client = network.podPeer('client')
  await connect(client, 'gone')
  await network.runIn('living', 'ip', 'address', 'add', `${pods.client.ipv4}/32`, 'dev', 'lo')
  const { lines } = await stale(network, [pods.gone.ipv4])
  expect(outcomes(lines)).toEqual(['found', 'ambiguous'])
  await expectUnharmed(client, 1)
})

/** Started with --confirm, and so far that it has said how many there are. */
async function findFirst({ node }: NodeNetwork) {
  const started = node.start([nodeBinary, 'stale', '--confirm', pods.gone.ipv4])
  await started.printed('found 1\n')
  const answer = (line: string) => {
    started.process.stdin?.end(line)
    return started.finished
  }
  return { answer }
}

test('ends nothing before it is confirmed, nor where it is not', async () => {
  await using network = await createNodeNetwork()
  await serve(network)
  const client = network.podPeer('client')
  await connect(client, 'gone')

  const refused = await (await findFirst(network)).answer('')
  expect(refused).toMatchObject({ ...well, stdout: 'found 1\n' })
  await expectUnharmed(client, 1)

  const confirmed = await (await findFirst(network)).answer('\n')
  expect(outcomes(confirmed.stdout.trimEnd().split('\n'))).toEqual(['found', 'ended'])
  await expect.poll(() => client.ask('state')).toMatchObject({ aborted: 1 })
})

test('does not touch what has the same ports by then, to another pod', async () => {
  await using network = await createNodeNetwork()
  await serve(network)
  await network.runIn('client', 'sh', '-c', 'echo 40000 40000 >/proc/sys/net/ipv4/ip_local_port_range')
  const before = network.podPeer('client')
  const after = network.podPeer('client')
  const first = await connect(before, 'gone')
  const { answer } = await findFirst(network)

  await network.runIn('client', 'ss', '-K', 'sport', '=', '40000')
  await network.lead('gone', 'living')
  expect((await connect(after, 'gone')).local).toEqual(first.local)

  const { stdout } = await answer('\n')
  expect(outcomes(stdout.trimEnd().split('\n'))).toEqual(['found', 'changed'])
  await expectUnharmed(after, 1)
})

test('does not touch a listener on the port of a client that has ended', async () => {
  await using network = await createNodeNetwork()
  await serve(network)
  const client = network.podPeer('client')
  const { local } = await connect(client, 'gone')
  const { answer } = await findFirst(network)
  await network.runIn('client', 'ss', '-K', 'sport', '=', `${local[0]?.port}`)
  const listener = network.podPeer('client')
  await listener.ask(`listen 0.0.0.0 ${local[0]?.port}`)

  const { stdout } = await answer('\n')
  expect(outcomes(stdout.trimEnd().split('\n'))).toEqual(['found', 'gone'])
  await network.node.peer().ask(`connect ${pods.client.ipv4} ${local[0]?.port}`)
  await expect.poll(() => listener.ask('state')).toMatchObject({ accepted: 1 })
})

test.for([
  ['net_admin', 'asking for tracked connections (needs CAP_NET_ADMIN): Operation not permitted'],
  ['sys_admin', 'needs CAP_SYS_ADMIN: Operation not permitted'],
] as const)('says that it lacks %s', async ([capability, text]) => {
  await using network = await createNodeNetwork()
  await serve(network)
  const client = network.podPeer('client')
  await connect(client, 'gone')
  const { status, stderr, lines } = await stale(network, [pods.gone.ipv4], { without: [capability] })
  expect({ status, lines }).toEqual({ status: 1, lines: [] })
  expect(stderr).toContain(text)
  await expectUnharmed(client, 1)
})

test.for([
  [[], 'needs the addresses that are gone'],
  [['here'], '"here" is not an address'],
  [['10.0.0.0/8'], '"10.0.0.0/8" is not an address'],
  [['--port=x', '10.0.0.1'], '"x" is not a port or a range of ports'],
  [['--without-ack-for=x', '10.0.0.1'], '"x" is not a duration'],
] as const)('refuses %j', async ([call, text]) => {
  await using network = await createNodeNetwork()
  const { status, stderr } = await stale(network, call)
  expect(status).toBe(2)
  expect(stderr).toContain(text)
})
