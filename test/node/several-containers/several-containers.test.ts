/** Pods of several containers: none of them ends before the last session has, whichever of them serves it. */

import type { V1Container, V1Pod } from '@kubernetes/client-node'
import { beforeAll, describe, expect, test } from 'vitest'
import { inject } from '../../cluster/pods.ts'
import { until } from '../../cluster/until.ts'
import { type Namespace, namespaceOn, podOf } from '../pods.ts'
import { sessionOf, sessionPod } from '../session.ts'
import { hasNoCluster, useCluster } from '../suite.ts'
import { backend, configMap, exporter, nginx, phpFpm, volumes } from './containers.ts'

const stepMs = 120_000
// A probe of the kubelet's may be among them.
const begun = /longhaul: drain: \d connections? on ports? [\d, ]+, waiting at most 600\.0s\n/
const ended = /longhaul: drain: \d connections? on ports? [\d, ]+ ended after /
const annotations = { 'longhaul.dev/pre-stop-sleep': '2s', 'longhaul.dev/drain-timeout': '10m' }

const asSidecar = (container: V1Container): V1Container => ({ ...container, restartPolicy: 'Always' })

function shape(name: string, containers: V1Container[], initContainers: V1Container[] = []): V1Pod {
  return podOf(name, [], { annotations, spec: { containers, initContainers, volumes } })
}

const idleConnection = `import socket, sys, time
connection = socket.create_connection((sys.argv[1], 9090))
print('connected', flush=True)
time.sleep(3600)
`

describe.concurrent('a pod of', () => {
  const cluster = useCluster()
  let namespace: Namespace

  beforeAll(async () => {
    if (hasNoCluster()) return
    namespace = await namespaceOn(cluster, 'several-containers', inject)
    await namespace.apply(configMap)
  })

  /** Has a connection to a pod's exporter. */
  async function scrape(pod: string, address: string): Promise<void> {
    const name = `${pod}-scraper`
    const optOut = { 'longhaul.dev/inject': 'false' }
    await namespace.apply(podOf(name, ['python3', '-c', idleConnection, address], { annotations: optOut }))
    const isConnected = async () => (await namespace.kubectl('logs', name)) === 'connected\n'
    await until(`${name} is connected`, isConnected, stepMs)
  }

  test.each([
    shape('nginx-and-backend', [nginx('node.conf'), backend, exporter]),
    shape('nginx-and-php-fpm', [nginx('php.conf'), phpFpm]),
    shape('nginx-as-sidecar', [backend], [asSidecar(nginx('node.conf'))]),
    shape('backend-as-sidecar', [nginx('node.conf')], [asSidecar(backend)]),
  ])('$metadata.name cuts no session, and does not wait for a scraper', async pod => {
    const name = pod.metadata?.name ?? ''
    await namespace.apply(pod)
    await namespace.ready(`pod/${name}`)
    const [server] = await namespace.pods(`app=${name}`)
    const address = server?.status?.podIP ?? ''
    await namespace.apply(sessionPod(`${name}-session`, address, 8000))
    const session = await sessionOf(namespace, `${name}-session`)
    if (pod.spec?.containers.includes(exporter)) await scrape(name, address)
    const logs = pod.spec?.containers.map(container => namespace.follow(name, container.name)) ?? []
    await namespace.kubectl('delete', 'pod', name, '--wait=false')
    await until('all wait', () => logs.every(log => begun.test(log.soFar())), stepMs)
    await session.goesOn()
    expect(await session.end()).toBe('left')
    for (const log of logs) expect(await log.whole).toMatch(ended)
  })
})
