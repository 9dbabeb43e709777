/** `longhaul hangup` where people run it: in pods, and on their nodes. */

import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Result } from '../cli/longhaul.ts'
import { kubectl } from '../cluster/kubectl.ts'
import { inject } from '../cluster/pods.ts'
import { until } from '../cluster/until.ts'
import { program } from '../lab/hosts/program.ts'
import { adminOf } from './cluster/cluster.ts'
import { inside } from './machines/machine.ts'
import { type Namespace, namespaceOn, type PodParts, podOf, restricted, serverOf } from './pods.ts'
import { hasNoCluster, useCluster } from './suite.ts'

const binary = join(import.meta.dirname, '../../native/build/longhaul')
const wanted = ['hangup', '0.0.0.0/0', '8080']
/** Waits for the end of its connection, and opens another. */
const client = `import socket
while True:
    connection = socket.create_connection(('answer-later', 8080))
    print('connected', flush=True)
    print('received', connection.recv(1), flush=True)`
const connected = 'connected\n'
const reconnected = `${connected}received b''\n${connected}`
const waitMs = 60_000

describe.concurrent('hangup', () => {
  const cluster = useCluster()
  let namespace: Namespace

  beforeAll(async () => {
    if (hasNoCluster()) return
    namespace = await namespaceOn(cluster, 'hangup', inject)
    await namespace.apply(...serverOf('answer-later', 'answer-later'))
    await namespace.available('answer-later')
  })

  const logOf = (pod: string) => namespace.kubectl('logs', pod)

  async function startClient(name: string, parts: PodParts = {}): Promise<void> {
    await namespace.apply(podOf(name, ['python3', '-c', client], parts))
    await namespace.ready(`pod/${name}`)
    await until(`${name} is connected`, async () => (await logOf(name)) === connected, waitMs)
  }

  function hangUpIn(pod: string): Promise<Result> {
    const command = ['/opt/longhaul/longhaul', ...wanted]
    return kubectl(adminOf(cluster), [`--namespace=${namespace.name}`, 'exec', pod, '--', ...command])
  }

  test.each([
    ['unconfined', {}],
    ['restricted', restricted],
  ])('in a pod that is %s: the program reads an end of file, and goes on', async (name, parts) => {
    await startClient(name, parts)
    expect(await hangUpIn(name)).toMatchObject({ status: 0, stdout: expect.stringMatching(/^1 hung-up$/m) })
    await until('it is connected again', async () => (await logOf(name)) === reconnected, waitMs)
  })

  test('in a restricted pod that has it off: says why, and harms nothing', async () => {
    const env = [{ name: 'LONGHAUL_HANGUP', value: 'off' }]
    await startClient('off', { ...restricted, container: { ...restricted.container, env } })
    const { status, stdout, stderr } = await hangUpIn('off')
    expect({ status, stdout }).toMatchObject({ status: 1, stdout: expect.stringMatching(/^1 not-reached$/m) })
    expect(stderr).toContain('LONGHAUL_HANGUP=off')
    expect(await logOf('off')).toBe(connected)
  })

  test('on the node of a restricted pod: reaches it by its network namespace', async () => {
    await startClient('from-outside', restricted)
    const [pod] = await namespace.pods('app=from-outside')
    const node = cluster.nodes.find(({ name }) => name === pod?.spec?.nodeName) ?? cluster.nodes[0]
    const onNode = (...command: [string, ...string[]]) => program(inside(node, command))
    // Processes end while grep reads of them: then it fails, whatever it found.
    const script = 'grep -ls "pod$0" /proc/[0-9]*/cgroup || true'
    const files = await onNode('sh', '-c', script, pod?.metadata?.uid ?? '')
    const pid = /^\/proc\/(\d+)/.exec(files)?.[1] ?? ''
    expect(await onNode(binary, ...wanted, `--netns=${pid}`)).toMatch(/^1 hung-up$/m)
    await until('it is connected again', async () => (await logOf('from-outside')) === reconnected, waitMs)
  })
})
