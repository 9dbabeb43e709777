/** Ends the pods as the lab does; runs in namespaces of its own. Writes their logs to descriptor 3, by name, as JSON. */

import { writeFileSync } from 'node:fs'
import type { V1Pod } from '@kubernetes/client-node'
import { prepareFileSystem } from '../../lab/hosts/file-system.ts'
import { openRouter } from '../../lab/hosts/network.ts'
import { prepareRouter } from '../../lab/hosts/router.ts'
import { type Cluster, openCluster } from '../../lab/pods/cluster.ts'
import { said } from '../../lab/pods/container.ts'
import { injectedPod } from '../../lab/pods/manifest.ts'
import { onlyContainer, waitFor } from '../../lab/pods/wait.ts'
import { clientOf, endingPods, sessionBegins } from './pods.ts'

const scale = 1
const sessionMs = 60_000

await prepareFileSystem()
await openRouter()
await prepareRouter()
const cluster = openCluster({ scale, variables: {}, endpointDelayMs: 0 })
const logs = await Promise.all(endingPods.map(pod => logOf(cluster, pod)))
writeFileSync(3, JSON.stringify(Object.fromEntries(logs)))
process.exit(0)

async function logOf(cluster: Cluster, wanted: V1Pod): Promise<[string, string]> {
  const name = wanted.metadata?.name ?? ''
  const pod = await cluster.create(injected(wanted))
  await cluster.create(injected(clientOf(name, pod.host.address)))
  const container = onlyContainer(pod)
  const hasSession = () => said(container).includes(sessionBegins) || undefined
  await waitFor(container, hasSession, sessionMs)
  await cluster.delete(pod)
  return [name, said(container)]
}

function injected(pod: V1Pod): V1Pod {
  return injectedPod({ ...pod, apiVersion: 'v1', kind: 'Pod' }, {}, scale)
}
