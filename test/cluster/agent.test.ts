/** `longhaul agent` on a real API server and this kernel; the kubelet is played, which makes the pods' cgroups. */

import { mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { CoreV1Api } from '@kubernetes/client-node'
import { describe, expect, it, onTestFinished } from 'vitest'
import { nodeBinary } from '../native/build.ts'
import { makeCgroup, runPythonIn } from '../native/cgroup.ts'
import { run } from '../native/programs.ts'
import { createNamespace } from './pods.ts'
import { runAgent } from './running-agent.ts'
import { useControlPlane } from './suite.ts'
import { until } from './until.ts'

const byNode = { 'longhaul.dev/keepalive': 'node' }
/** SO_KEEPALIVE, TCP_KEEPIDLE of a socket that connects. */
const program = `import json
from socket import *
listening = create_server(("127.0.0.1", 0))
s = create_connection(listening.getsockname())
print(json.dumps([s.getsockopt(SOL_SOCKET, SO_KEEPALIVE), s.getsockopt(IPPROTO_TCP, TCP_KEEPIDLE)]))`
const untouched = 0

describe('the agent', () => {
  const controlPlane = useControlPlane()
  const core = () => controlPlane().admin.config.makeApiClient(CoreV1Api)

  /** A pod on a node that runs by its word only, in its cgroup as a kubelet with the driver cgroupfs makes it. */
  async function runPod(
    root: string,
    namespace: string,
    name: string,
    { node, annotations = {} }: { node: string; annotations?: Record<string, string> },
  ): Promise<string> {
    const spec = { nodeName: node, containers: [{ name: 'app', image: 'example.com/app' }] }
    const pod = await core().createNamespacedPod({
      namespace,
      body: { metadata: { name, annotations }, spec },
    })
    const folder = join(root, `pod${pod.metadata?.uid}`)
    mkdirSync(folder)
    onTestFinished(() => rmdirSync(folder))
    const body = [{ op: 'add', path: '/status/phase', value: 'Running' }]
    await core().patchNamespacedPodStatus({ namespace, name, body })
    return folder
  }

  const startAgent = (node: string, cgroups: string) =>
    runAgent(controlPlane().admin, [`--node=${node}`, `--cgroups=${cgroups}`, `--binary=${nodeBinary}`])

  const has = async (cgroup: string, idle: number | typeof untouched) => {
    const { stdout } = await runPythonIn(cgroup, program)
    const [isOn, idleSeconds] = JSON.parse(stdout) as number[]
    return idle === untouched ? isOn === 0 : isOn === 1 && idleSeconds === idle
  }

  const setLabels = (name: string, labels: Record<string, string | null>) =>
    core().patchNamespace({
      name,
      body: Object.entries(labels).map(([key, value]) => ({
        op: value === null ? 'remove' : 'add',
        path: `/metadata/labels/${key.replaceAll('/', '~1')}`,
        ...(value !== null && { value }),
      })),
    })

  it('follows the pods of its node, and what they and their namespaces ask for', async ctx => {
    const [node, root] = ['following', makeCgroup(ctx)]
    await createNamespace(controlPlane(), 'kernel', byNode)
    await createNamespace(controlPlane(), 'other')
    const before = await runPod(root, 'kernel', 'before', { node })
    const other = await runPod(root, 'other', 'one', { node })
    const elsewhere = await runPod(root, 'kernel', 'elsewhere', { node: 'another' })
    const { ask } = await startAgent(node, root)
    await until('a pod of before has it', () => has(before, 60))
    const annotations = { 'longhaul.dev/keepalive-idle': '20s' }
    const late = await runPod(root, 'kernel', 'late', { node, annotations })
    await until('a new pod has its own timers', () => has(late, 20))
    expect(await has(other, untouched)).toBe(true)
    await until('it counts them', async () => (await ask('/metrics')).includes('pods{state="attached"} 2'))
    expect(await ask('/readyz')).toBe('ok\n')

    const body = [
      { op: 'add', path: '/metadata/annotations', value: { 'longhaul.dev/keepalive-idle': '7s' } },
    ]
    await core().patchNamespacedPod({ namespace: 'kernel', name: 'late', body })
    await until('it follows an annotation', () => has(late, 7))

    await setLabels('other', byNode)
    await until('it follows a label', () => has(other, 60))
    await setLabels('kernel', { 'longhaul.dev/keepalive': null })
    await until('it is taken away', () => has(before, untouched))
    await until('from all', () => has(late, untouched))
    expect(await has(other, 60)).toBe(true)
    expect(await has(elsewhere, untouched), 'which is no pod of its node').toBe(true)
  })

  it('takes away what an agent before it has left', async ctx => {
    const [node, root] = ['left', makeCgroup(ctx)]
    await createNamespace(controlPlane(), 'left')
    const left = await runPod(root, 'left', 'one', { node })
    await run([nodeBinary, 'keepalive', 'attach', left])
    expect(await has(left, 60)).toBe(true)
    await startAgent(node, root)
    await until('it is taken away', () => has(left, untouched))
  })

  it('says once on the pod what it can not do', async ctx => {
    const [node, root] = ['failing', makeCgroup(ctx)]
    await createNamespace(controlPlane(), 'failing', byNode)
    await runPod(root, 'failing', 'one', { node })
    const events = async () => (await core().listNamespacedEvent({ namespace: 'failing' })).items
    for (const _ of ['once', 'and by the next agent']) {
      const { ask, stop } = await startAgent(node, '/nosuch')
      const failed = 'longhaul_agent_keepalive_failures_total{reason="no-cgroup"} 1'
      await until('it has failed', async () => (await ask('/metrics')).includes(failed))
      await until('there is an event', async () => (await events()).length > 0)
      await stop()
    }
    expect(await events()).toMatchObject([
      {
        type: 'Warning',
        reason: 'KeepaliveFailed',
        message: 'Longhaul, keepalive: node: the pod has no cgroup of version 2 that is named by its UID',
        involvedObject: { kind: 'Pod', name: 'one' },
      },
    ])
  })
})
