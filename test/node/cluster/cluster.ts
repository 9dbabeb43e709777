/**
 * A cluster of two nodes and a control plane on one host, each a machine of its own. What it is made of can be told
 * from its place: other processes than the one that started it go on with it. The kubelets are of the API server's
 * version: the oldest supported one, 1.28, is not tried, since Kubernetes lets kubelets be three minor versions older.
 */

import { join } from 'node:path'
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import type { Identity } from '../../cluster/identity.ts'
import { removeCgroup } from '../machines/cgroups.ts'
import { cutPower, type Machine } from '../machines/machine.ts'
import { unplug } from '../machines/network.ts'
import type { Node } from '../nodes/node.ts'
import type { Place } from './place.ts'

export interface Cluster {
  place: Place
  /** The machine of the control plane; the cluster's network is in it, too. */
  hub: Machine
  nodes: readonly [Node, Node]
  /** The kubeconfig of one who may do everything. */
  kubeconfig: string
}

export function clusterAt(place: Place): Cluster {
  const machine = (name: string, last: number): Machine => ({
    name,
    address: place.addressOf(last),
    folder: join(place.folder, name),
  })
  const node = (number: number): Node => ({
    ...machine(`node-${number}`, 10 + number),
    pods: `10.244.${number}.0/24`,
    cgroup: `${place.cgroup}/node-${number}`,
  })
  return {
    place,
    hub: machine('control-plane', 10),
    nodes: [node(1), node(2)],
    kubeconfig: kubeconfigOf(place, 'admin'),
  }
}

/** Who may do everything in it. */
export function adminOf({ kubeconfig }: Cluster): Identity {
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  return { config, file: kubeconfig }
}

export function kubeconfigOf({ folder }: Place, user: string): string {
  return join(folder, `${user}.kubeconfig`)
}

/** Ends a node with everything that runs in it; its files stay. */
export async function powerOff({ hub }: Cluster, node: Node): Promise<void> {
  await cutPower(node)
  await unplug(hub, node)
  // A machine that boots has no cgroups of before. The kubelet would look at each of them for seconds.
  removeCgroup(node.cgroup)
}

/** True where the API server has seen its kubelet lately. */
export async function isNodeReady(cluster: Cluster, { name }: Node): Promise<boolean> {
  const { status } = await adminOf(cluster).config.makeApiClient(CoreV1Api).readNode({ name })
  return status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True'
}
