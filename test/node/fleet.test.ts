/** `longhaul connections` and `longhaul hangup` over the pods of workloads, on real kubelets. */

import { PassThrough } from 'node:stream'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { execIn } from '../../src/cluster/exec.ts'
import { type Result, runHere } from '../cli/longhaul.ts'
import { inject } from '../cluster/pods.ts'
import { until } from '../cluster/until.ts'
import { adminOf } from './cluster/cluster.ts'
import {
  clients,
  deploymentOf,
  goClient,
  peerOf,
  postgresql,
  servers,
  type Wanted,
} from './fleet/workloads.ts'
import { type Namespace, namespaceOn, type PodParts, podOf } from './pods.ts'
import { hasNoCluster, useCluster } from './suite.ts'

const restrictedNamespace = { 'pod-security.kubernetes.io/enforce': 'restricted' }
const replicas = 3
const perPod = 100
/** With the other peer, for each pod. */
const othersPerPod = 10
const stepMs = 120_000

/** What has become of a peer's connections with an address. */
interface Count {
  open: number
  ended: number
  reset: number
}

interface Connection {
  namespace: string
  pod: string
  container: string | null
  process: string | null
  outcome: string
  reason?: string
  keepalive: boolean | null
  userTimeoutSeconds: number | null
}

/** What stands in for the keyboard that sends a signal. */
function interruptible() {
  const listeners: ((signal: 'SIGINT') => void)[] = []
  return {
    onSignal(listener: (signal: 'SIGINT') => void) {
      listeners.push(listener)
      return () => {}
    },
    interrupt() {
      for (const listener of listeners) listener('SIGINT')
    },
  }
}

interface Listing {
  connections: Connection[]
  leftOut: object[]
}

describe('the pods of workloads', () => {
  const cluster = useCluster()
  let peers: Namespace
  /** The addresses of the peer whose connections are hung up, and of another one. */
  let [peer, other] = ['', '']

  beforeAll(async () => {
    if (hasNoCluster()) return
    peers = await namespaceOn(cluster, 'fleet-peers', restrictedNamespace)
    // On the other node: what shares a node's network has its address only for other nodes.
    const [, { name: nodeName }] = cluster.nodes
    await peers.apply(peerOf('peer', nodeName), peerOf('other', nodeName))
    await peers.ready('pod/peer', 'pod/other')
    ;[peer = '', other = ''] = await Promise.all(['peer', 'other'].map(name => addressOf(peers, name)))
  })

  const longhaulWith = (
    terminal: Parameters<typeof runHere>[1],
    command: string,
    namespace: Namespace,
    ...args: string[]
  ): Promise<Result> =>
    runHere([command, ...args, '-n', namespace.name, `--kubeconfig=${cluster.kubeconfig}`], terminal)

  const longhaul = (command: string, namespace: Namespace, ...args: string[]): Promise<Result> =>
    longhaulWith({ stdin: '' }, command, namespace, ...args)

  async function listing(command: string, namespace: Namespace, ...args: string[]) {
    const { status, stdout, stderr } = await longhaul(command, namespace, ...args, '-o', 'json')
    return { status, stderr, ...(JSON.parse(stdout) as Listing) }
  }

  async function addressOf(namespace: Namespace, app: string): Promise<string> {
    const [pod] = await namespace.pods(`app=${app}`)
    return pod?.status?.podIP ?? ''
  }

  /** Tells a peer something, and gives what has become of its connections, by address. */
  async function tell(name: string, command: string): Promise<Record<string, Count>> {
    const client = `import socket, sys
s = socket.create_connection(('127.0.0.1', 9001))
s.sendall(sys.argv[1].encode() + b'\\n')
print(s.makefile().read())`
    return JSON.parse(await peers.kubectl('exec', name, '--', 'python3', '-c', client, command))
  }

  async function countsOf(name: string, addresses: readonly string[]): Promise<Count[]> {
    const counts = await tell(name, 'state')
    return addresses.map(address => counts[address] ?? { open: 0, ended: 0, reset: 0 })
  }

  /** Waits until the peers have that many connections with each address. */
  async function untilOpen(addresses: readonly string[], withPeer: number, withOther: number): Promise<void> {
    const opened = async () => {
      const [one, another] = await Promise.all(['peer', 'other'].map(name => countsOf(name, addresses)))
      return addresses.map((address, index) => [address, one?.[index]?.open, another?.[index]?.open])
    }
    const wanted = addresses.map(address => [address, withPeer, withOther])
    const waiting = { timeout: stepMs, interval: 500 }
    await vi.waitFor(async () => expect(await opened()).toEqual(wanted), waiting)
  }

  const open = (count: number): Count => ({ open: count, ended: 0, reset: 0 })
  const ended = (count: number): Count => ({ open: 0, ended: count, reset: 0 })
  const addressesIn = async (namespace: Namespace, ...apps: string[]) =>
    (await namespace.pods(`app in (${apps.join()})`)).map(({ status }) => status?.podIP ?? '')

  describe('in a restricted namespace', () => {
    const names = [...Object.keys(clients), ...Object.keys(servers)]
    const workloads = names.map(name => `deployment/${name}`)
    let namespace: Namespace
    let addresses: string[]

    beforeAll(async () => {
      if (hasNoCluster()) return
      namespace = await namespaceOn(cluster, 'fleet', { ...inject, ...restrictedNamespace })
      const wanted: Wanted = [
        [peer, perPod],
        [other, othersPerPod],
      ]
      await namespace.apply(
        ...Object.entries(clients).map(([name, command]) =>
          deploymentOf(name, command(wanted), { replicas }),
        ),
        ...Object.entries(servers).map(([name, { command, port }]) =>
          deploymentOf(name, command, { port, replicas }),
        ),
        deploymentOf('postgresql', postgresql.command, { port: postgresql.port }),
        deploymentOf('go', goClient([[peer, othersPerPod]])),
      )
      for (const name of [...names, 'postgresql', 'go']) await namespace.available(name)
      await Promise.all(Object.entries({ ...servers, postgresql }).map(connectTo))
      addresses = await addressesIn(namespace, ...names)
      await untilOpen(addresses, perPod, othersPerPod)
      await untilOpen(await addressesIn(namespace, 'postgresql'), othersPerPod, othersPerPod)
      await untilOpen(await addressesIn(namespace, 'go'), othersPerPod, 0)
    }, 600_000)

    /** Peers are clients of servers. */
    async function connectTo([name, { port }]: [string, { port: number }]): Promise<void> {
      const count = name === 'postgresql' ? othersPerPod : perPod
      for (const address of await addressesIn(namespace, name)) {
        await tell('peer', `connect ${address} ${port} ${count}`)
        await tell('other', `connect ${address} ${port} ${othersPerPod}`)
      }
    }

    test('are listed with container, process and keepalive', async () => {
      const { status, connections, leftOut } = await listing(
        'connections',
        namespace,
        ...workloads,
        '--to',
        peer,
      )
      expect({ status, leftOut, count: connections.length }).toEqual({
        status: 0,
        leftOut: [],
        count: names.length * replicas * perPod,
      })
      for (const each of connections) expect(each).toMatchObject({ container: 'app', keepalive: true })
      const bare = await listing('connections', namespace, 'deploy/go', '--without-keepalive')
      expect(bare.connections).toHaveLength(othersPerPod)
      const { stdout } = await longhaul('connections', namespace, 'deploy/go', ...workloads, '--by', 'peer')
      expect(stdout).toMatch(/^PEER +DIR +CONNECTIONS +PODS +NO-KEEPALIVE +IDLE$/m)
      expect(stdout).toMatch(RegExp(`^${peer}:9000 +out +910 +10 +10 `, 'm'))
      expect(stdout).toMatch(/^keepalive: on for \d+, off for 10 \(go-[^/]*\/app 10\)$/m)
    })

    test('are shown before they are hung up, of which --dry-run does nothing', async () => {
      const { status, stdout, stderr } = await longhaul(
        'hangup',
        namespace,
        ...workloads,
        peer,
        '0',
        '--dry-run',
      )
      expect([status, stderr]).toEqual([0, ''])
      expect(stdout).toContain('1500 connections in 15 pods: 1500 to hang up, 0 not reached\n')
      expect(await countsOf('peer', addresses)).toEqual(addresses.map(() => open(perPod)))
    })

    test('let go of one peer with a FIN, and of no other', async () => {
      const { status, connections } = await listing('hangup', namespace, ...workloads, peer, '0', '--yes')
      const outcomes = Object.fromEntries(
        [...Map.groupBy(connections, ({ outcome }) => outcome)].map(([outcome, { length }]) => [
          outcome,
          length,
        ]),
      )
      expect({ status, outcomes }).toEqual({ status: 0, outcomes: { 'hung-up': addresses.length * perPod } })
      const areEnded = async () => (await countsOf('peer', addresses)).every(({ open }) => open === 0)
      await until('the peer has seen all ends', areEnded, stepMs)
      expect(await countsOf('peer', addresses)).toEqual(addresses.map(() => ended(perPod)))
      expect(await countsOf('other', addresses)).toEqual(addresses.map(() => open(othersPerPod)))
    })

    test('that have nothing of the kind are done at once', async () => {
      expect(await longhaul('hangup', namespace, 'deploy/node', '10.9.8.7', '6379', '--yes')).toEqual({
        status: 0,
        stdout: 'no connection matched\n',
        stderr: '',
      })
    })

    test('that can not be reached are unharmed, and that is said', async () => {
      const pods = await addressesIn(namespace, 'postgresql', 'go')
      const call = ['deploy/postgresql', 'deploy/go', peer, '0', '--yes'] as const
      const { status, stderr, connections } = await listing('hangup', namespace, ...call)
      expect(status).toBe(1)
      expect(stderr).toContain(`longhaul: ${2 * othersPerPod} connections not reached\n`)
      const reasonsIn = (deployment: string) =>
        new Set(connections.filter(({ pod }) => pod.startsWith(deployment)).map(({ reason }) => reason))
      expect([...reasonsIn('postgresql')]).toEqual([expect.stringContaining('that ignores SIGURG')])
      expect([...reasonsIn('go')]).toEqual([expect.stringContaining('catches or blocks SIGURG itself')])
      expect(await countsOf('peer', pods)).toEqual(pods.map(() => open(othersPerPod)))
    })

    test('are left when the call is interrupted, and what was done is said', async () => {
      await tell('peer', `connect ${(await addressesIn(namespace, 'redis'))[0]} ${servers.redis.port} 20`)
      const { onSignal, interrupt } = interruptible()
      const call = ['deploy/redis', peer, '0', '--yes', '--spread', '1h', '-o', 'json']
      const running = longhaulWith({ stdin: '', onSignal }, 'hangup', namespace, ...call)
      const address = await addressesIn(namespace, 'redis')
      const begun = async () => (await countsOf('peer', address)).some(({ ended }) => ended > perPod)
      await until('the first is hung up', begun, stepMs)
      interrupt()
      const { status, stdout, stderr } = await running
      const { connections } = JSON.parse(stdout) as Listing
      expect(status).toBe(1)
      expect(connections.map(({ outcome }) => outcome).sort()).toEqual(['hung-up', ...Array(19).fill('left')])
      expect(stderr).toContain('longhaul: 19 connections not reached\n')
      expect((await countsOf('peer', address)).reduce((sum, count) => sum + count.open, 0)).toBe(19)
    })
  })

  describe('in an open namespace', () => {
    let namespace: Namespace

    beforeAll(async () => {
      if (!hasNoCluster()) namespace = await namespaceOn(cluster, 'fleet-open', inject)
    })

    const client = (name: string, parts: PodParts = {}) => {
      const wanted: Wanted = [
        [peer, 5],
        [other, 5],
      ]
      return podOf(name, clients.asyncio(wanted), parts)
    }

    test('of root are reached, once the person on the terminal wants it', async () => {
      await namespace.apply(client('root'))
      await namespace.ready('pod/root')
      const address = await addressesIn(namespace, 'root')
      await untilOpen(address, 5, 5)
      const hangUp = (typed: string) =>
        longhaulWith({ typed }, 'hangup', namespace, 'pod/root', peer, '9000', '--spread', '1s')
      const unwanted = await hangUp('no\n')
      expect(unwanted).toMatchObject({ status: 1, stdout: '' })
      expect(unwanted.stderr).toMatch(/^fleet-open +root +app +python3 +5 +0$/m)
      expect(unwanted.stderr).toMatch(
        /Hang up 5 connections over 1s\? \[y\/N\] longhaul: nothing was hung up\n$/,
      )
      expect(await countsOf('peer', address)).toEqual([open(5)])

      const wanted = await hangUp('y\n')
      expect(wanted).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/: 5 hung up, 0 gone, 0 not reached\n$/),
      })
      expect(wanted.stderr).toContain('hung up 5 of 5')
      await until('they are ended', async () => (await countsOf('peer', address))[0]?.open === 0, stepMs)
      expect(await countsOf('peer', address)).toEqual([ended(5)])
      expect(await countsOf('other', address)).toEqual([open(5)])
    })

    test('are watched until that is interrupted', async () => {
      await namespace.apply(client('watched'))
      await namespace.ready('pod/watched')
      await untilOpen(await addressesIn(namespace, 'watched'), 5, 5)
      const { onSignal, interrupt } = interruptible()
      const stdout = new PassThrough()
      const running = longhaulWith({ stdout, onSignal }, 'connections', namespace, 'pod/watched', '--watch')
      let text = ''
      stdout.setEncoding('utf8').on('data', part => {
        text += part
      })
      const tables = () => text.match(/^10 connections in 1 pod$/gm)?.length ?? 0
      await until('two tables are there', () => tables() >= 2, stepMs)
      interrupt()
      expect(await running).toMatchObject({ status: 0 })
    })

    test('that end meanwhile are no failure', async () => {
      await namespace.apply(client('ending'))
      await namespace.ready('pod/ending')
      const address = await addressesIn(namespace, 'ending')
      await untilOpen(address, 5, 5)
      const call = ['pod/ending', peer, '9000', '--yes', '--spread', '1h', '-o', 'json']
      const running = longhaul('hangup', namespace, ...call)
      await until(
        'the first is hung up',
        async () => (await countsOf('peer', address))[0]?.ended === 1,
        stepMs,
      )
      await namespace.kubectl('delete', 'pod', 'ending', '--grace-period=1')
      const { status, stdout, stderr } = await running
      const { connections } = JSON.parse(stdout) as Listing
      expect(connections.map(({ outcome }) => outcome).sort()).toEqual([...Array(4).fill('gone'), 'hung-up'])
      expect([status, stderr]).toEqual([
        0,
        'note: pod ending, container app in namespace fleet-open: it has ended meanwhile\n',
      ])
    })

    test('that do not answer in time are given up', async () => {
      await namespace.apply(client('slow'))
      await namespace.ready('pod/slow')
      const { config } = adminOf(cluster)
      const place = { namespace: namespace.name, pod: 'slow', container: 'app' }
      const stop = new AbortController().signal
      const lines: string[] = []
      const run = (script: string, timeLimitMs: number) =>
        execIn(config, {
          ...place,
          ...{ command: ['sh', '-c', script], timeLimitMs, stop, onLine: line => void lines.push(line) },
        })
      await expect(run('echo begun; sleep 3600', 5000)).rejects.toThrow('it has not ended after 5 s')
      expect(await run('echo done; echo why >&2; exit 3', 60_000)).toEqual({ exitStatus: 3, stderr: 'why\n' })
      expect(lines).toEqual(['begun', 'done'])
      await expect(run('yes', 60_000)).rejects.toThrow('its answer is longer than 64 MiB')
      await expect(
        execIn(config, { ...place, command: ['/none'], timeLimitMs: 60_000, stop, onLine() {} }),
      ).rejects.toThrow('no such file or directory')
    })

    test("on the node's network: only those of the pod itself are listed, and reached", async () => {
      const [{ name: nodeName }] = cluster.nodes
      const spec = { hostNetwork: true, nodeName }
      await namespace.apply(client('mine', { spec }), client('theirs', { spec }))
      await namespace.ready('pod/mine', 'pod/theirs')
      const address = await addressesIn(namespace, 'mine')
      await untilOpen(address, 10, 10)
      const { connections } = await listing('connections', namespace, 'pod/mine')
      expect(connections).toHaveLength(10)
      expect(await longhaul('hangup', namespace, 'pod/mine', peer, '9000', '--yes')).toMatchObject({
        status: 0,
      })
      await until('they are ended', async () => (await countsOf('peer', address))[0]?.open === 5, stepMs)
      expect(await countsOf('peer', address)).toEqual([{ open: 5, ended: 5, reset: 0 }])
      expect((await listing('connections', namespace, 'pod/theirs')).connections).toHaveLength(10)
    })

    test('in two containers of different users: each is reached in its own', async () => {
      const pod = client('two')
      const containers = [1001, 1002].flatMap(runAsUser =>
        (pod.spec?.containers ?? []).map(container => ({
          ...container,
          name: `user-${runAsUser}`,
          securityContext: { runAsUser },
        })),
      )
      await namespace.apply({ ...pod, spec: { containers } })
      await namespace.ready('pod/two')
      const address = await addressesIn(namespace, 'two')
      await untilOpen(address, 10, 10)
      const { connections } = await listing('connections', namespace, 'pod/two')
      const inEach = Map.groupBy(connections, ({ container }) => container)
      expect([...inEach].map(([container, { length }]) => [container, length]).sort()).toEqual([
        ['user-1001', 10],
        ['user-1002', 10],
      ])
      expect(await longhaul('hangup', namespace, 'pod/two', peer, '9000', '--yes')).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('10 connections in 1 pod: 10 hung up, 0 gone, 0 not reached\n'),
      })
      await until('they are ended', async () => (await countsOf('peer', address))[0]?.open === 0, stepMs)
      expect(await countsOf('peer', address)).toEqual([ended(10)])
    })

    test('with the files of another version are left out, and that is said', async () => {
      const older = '#!/bin/sh\necho "longhaul: $1: no such applet" >&2\nexit 2\n'
      const volumes = [{ name: 'older', configMap: { name: 'older', defaultMode: 0o555 } }]
      const volumeMounts = [{ name: 'older', mountPath: '/opt/longhaul' }]
      const annotations = { 'longhaul.dev/inject': 'false' }
      await namespace.apply(
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'older' }, data: { longhaul: older } },
        client('older', { annotations, container: { volumeMounts }, spec: { volumes } }),
      )
      await namespace.ready('pod/older')
      expect(await longhaul('connections', namespace, 'pod/older')).toMatchObject({
        status: 1,
        stderr:
          'longhaul: pod older, container app in namespace fleet-open: its files are of another version of Longhaul, ' +
          'restart its workload (list: no such applet)\n',
      })
    })

    test('without the files are left out, and that is said', async () => {
      await namespace.apply(client('bare', { annotations: { 'longhaul.dev/inject': 'false' } }))
      await namespace.ready('pod/bare')
      const { status, stdout, stderr } = await longhaul(
        'hangup',
        namespace,
        'pod/bare',
        peer,
        '9000',
        '--yes',
      )
      expect([status, stdout]).toEqual([1, ''])
      expect(stderr).toContain('longhaul: pod bare in namespace fleet-open: it has no files of Longhaul: ')
    })
  })
})
