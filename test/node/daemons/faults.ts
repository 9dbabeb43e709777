/** Daemons of a cluster that end as in a crash, and are started again as they were. */

import { CoreV1Api } from '@kubernetes/client-node'
import { until } from '../../cluster/until.ts'
import { adminOf, type Cluster } from '../cluster/cluster.ts'
import { killDaemon } from '../machines/daemon.ts'
import type { Machine } from '../machines/machine.ts'
import { type Namespace, namespaceOn } from '../pods.ts'

const endMs = 60_000

export interface Fault {
  name: string
  /** When the pod is deleted: without the API server it can only be before. */
  deleted: 'before' | 'meanwhile'
  /** Stops it. Gives what starts it again. */
  stop(cluster: Cluster): Promise<() => Promise<void>>
}

/** The pods' own node is the second, and their clients' the first. */
export const faults: readonly Fault[] = [
  crash('kubelet', 'meanwhile', ({ nodes }) => nodes[1]),
  crash('kubelet', 'before', ({ nodes }) => nodes[1]),
  crash('containerd', 'meanwhile', ({ nodes }) => nodes[1]),
  crash('containerd', 'before', ({ nodes }) => nodes[1]),
  crash('kube-proxy', 'meanwhile', ({ nodes }) => nodes[0]),
  { name: 'coredns-meanwhile', deleted: 'meanwhile', stop: stopDns },
  crash('etcd', 'before', ({ hub }) => hub),
  crash('kube-apiserver', 'before', ({ hub }) => hub),
]

function crash(daemon: string, deleted: Fault['deleted'], machineOf: (cluster: Cluster) => Machine): Fault {
  return {
    name: `${daemon}-${deleted}`,
    deleted,
    async stop(cluster) {
      const restart = await killDaemon(machineOf(cluster), daemon)
      return () => restart(() => answers(cluster))
    },
  }
}

async function answers(cluster: Cluster): Promise<boolean> {
  await adminOf(cluster).config.makeApiClient(CoreV1Api).listNamespace({ limit: 1 })
  return true
}

/** It runs in pods, which a kubelet would start again at once. */
async function stopDns(cluster: Cluster): Promise<() => Promise<void>> {
  const system = await namespaceOn(cluster, 'kube-system')
  const pods = async () => (await system.pods('k8s-app=kube-dns')).length
  const { length } = await system.pods('k8s-app=kube-dns')
  await scale(system, 0)
  await until('there is no CoreDNS', async () => (await pods()) === 0, endMs)
  return async () => {
    await scale(system, length)
    await system.available('coredns')
  }
}

function scale(system: Namespace, replicas: number): Promise<string> {
  return system.kubectl('scale', 'deployment', 'coredns', `--replicas=${replicas}`)
}
