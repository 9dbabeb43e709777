/** The lab's player of the kubelet ends pods as kubelets do: in the same order, with the same time between. */

import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { DiscoveryV1Api, type V1Pod } from '@kubernetes/client-node'
import { beforeAll, describe, expect, test } from 'vitest'
import { until } from '../cluster/until.ts'
import { runInOwnNamespaces } from '../lab/hosts/own-namespaces.ts'
import { labObstacle } from '../lab/requirements.ts'
import { adminOf } from './cluster/cluster.ts'
import { clientOf, endingPods, sessionBegins, sigterm, timelineOf } from './ending/pods.ts'
import { type Namespace, namespaceOn } from './pods.ts'
import { hasNoCluster, useCluster } from './suite.ts'

const stepMs = 120_000
const obstacle = labObstacle()
const nameOf = ({ metadata }: V1Pod) => metadata?.name ?? ''
const names = endingPods.map(nameOf)

interface End {
  log: string
  /** Its log at the moment when endpoints had forgotten it. */
  whenForgotten: string
}

describe('a pod ends', () => {
  const cluster = useCluster()
  let onNodes: Readonly<Record<string, End>>
  let inLab: Readonly<Record<string, string>>

  beforeAll(async () => {
    if (hasNoCluster() || obstacle !== undefined) return
    ;[onNodes, inLab] = await Promise.all([endOnNodes(), endInLab()])
  })

  test.for(names)('in the lab as on nodes: %s', (name, { skip }) => {
    skip(obstacle !== undefined, obstacle)
    const timeline = timelineOf(onNodes[name]?.log ?? '')
    expect(timeline).not.toEqual([])
    expect(timelineOf(inLab[name] ?? '')).toEqual(timeline)
  })

  test.for(names)('forgotten by endpoints before SIGTERM: %s', (name, { skip }) => {
    skip(obstacle !== undefined, obstacle)
    expect(onNodes[name]?.log).toContain(sigterm)
    expect(onNodes[name]?.whenForgotten).not.toContain(sigterm)
  })

  async function endOnNodes(): Promise<Record<string, End>> {
    const namespace = await namespaceOn(cluster, 'ending')
    await namespace.apply(...endingPods, ...names.map(serviceOf))
    await namespace.ready(...names.map(name => `pod/${name}`))
    const pods = await namespace.pods()
    await namespace.apply(...pods.map(pod => clientOf(nameOf(pod), pod.status?.podIP ?? '')))
    const ends = names.map(async name => [name, await endOf(namespace, name)] as const)
    return Object.fromEntries(await Promise.all(ends))
  }

  async function endOf(namespace: Namespace, name: string): Promise<End> {
    const log = namespace.follow(name)
    await until(`${name} has a session`, () => log.soFar().includes(sessionBegins), stepMs)
    await until(`${name} is an endpoint`, () => isEndpoint(namespace, name), stepMs)
    await namespace.kubectl('delete', 'pod', name, '--wait=false')
    await until(`${name} is none`, async () => !(await isEndpoint(namespace, name)), stepMs)
    return { whenForgotten: log.soFar(), log: await log.whole }
  }

  /** Whether the Service of that name leads anywhere. */
  async function isEndpoint({ name: namespace }: Namespace, service: string): Promise<boolean> {
    const discovery = adminOf(cluster).config.makeApiClient(DiscoveryV1Api)
    const labelSelector = `kubernetes.io/service-name=${service}`
    const { items } = await discovery.listNamespacedEndpointSlice({ namespace, labelSelector })
    return items
      .flatMap(({ endpoints }) => endpoints ?? [])
      .some(({ conditions }) => conditions?.ready === true)
  }
})

async function endInLab(): Promise<Record<string, string>> {
  const child = runInOwnNamespaces(new URL('ending/in-lab.ts', import.meta.url).pathname, [])
  const exited = once(child, 'exit')
  const logs = await text(child.stdio[3] as Readable)
  if ((await exited)[0] !== 0) throw new Error('the lab failed')
  return JSON.parse(logs)
}

function serviceOf(name: string): object {
  const spec = { selector: { app: name }, ports: [{ port: 8080 }] }
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec }
}
