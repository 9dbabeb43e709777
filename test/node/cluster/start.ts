/** Starts a cluster, or what of it doesn't run. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathOf } from '../../cluster/binaries.ts'
import { type Credentials, createCredentials } from '../../cluster/credentials.ts'
import { createIdentity } from '../../cluster/identity.ts'
import { until } from '../../cluster/until.ts'
import { program } from '../../lab/hosts/program.ts'
import { startControlPlaneOn } from '../control-plane/control-plane.ts'
import { apiServerPort } from '../control-plane/flags.ts'
import { boot, isOn } from '../machines/machine.ts'
import { addPodRoute, openNetwork, plugIn } from '../machines/network.ts'
import { type Node, type NodeCredentials, startNode } from '../nodes/node.ts'
import { startProxy } from '../nodes/proxy.ts'
import { type Cluster, clusterAt, isNodeReady, kubeconfigOf } from './cluster.ts'
import type { Place } from './place.ts'

const readyTimeoutMs = 120_000
const validHours = 24 * 365

/** At a place that is new. The archives are those of the images that the nodes have. */
export async function startCluster(
  place: Place,
  archives: readonly string[],
  progress: (text: string) => void,
): Promise<Cluster> {
  const cluster = clusterAt(place)
  const { hub, nodes } = cluster
  await boot(hub)
  await openNetwork(hub, place.hostLink, place.addressOf(1))
  progress('control plane')
  const credentials = await prepareCredentials(cluster)
  await startControlPlaneOn(hub, credentials, identitiesOf(cluster, credentials))
  writeFileSync(archivesFile(place), archives.join('\n'))
  progress('nodes')
  await Promise.all(nodes.map(node => powerOn(cluster, node)))
  await startProxy(hub, nodes[0].name, kubeconfigOf(place, 'system:kube-proxy'))
  progress('names')
  await startDns(cluster)
  return cluster
}

/** Boots the node where it is off, starts what doesn't run, and waits until it is Ready. */
export async function powerOn(cluster: Cluster, node: Node): Promise<void> {
  const { hub, nodes, place } = cluster
  if (!isOn(node)) {
    await boot(node)
    await plugIn(hub, node)
    for (const other of nodes) if (other !== node) await addPodRoute(node, other.pods, other)
    await addPodRoute(hub, node.pods, node)
  }
  await startNode(node, credentialsOf(place, node), readFileSync(archivesFile(place), 'utf8').split('\n'))
  await until(`${node.name} is Ready`, () => isNodeReady(cluster, node), readyTimeoutMs)
}

function archivesFile({ folder }: Place): string {
  return join(folder, 'archives')
}

function credentialsOf(place: Place, { name }: Node): NodeCredentials {
  return {
    kubelet: kubeconfigOf(place, `system:node:${name}`),
    proxy: kubeconfigOf(place, 'system:kube-proxy'),
    caFile: join(place.folder, 'ca.crt'),
  }
}

function prepareCredentials({ place, hub, nodes }: Cluster): Promise<Credentials> {
  return createCredentials(place.folder, {
    validHours,
    hosts: [hub.address, '10.96.0.1'],
    users: [
      { name: 'system:kube-scheduler' },
      { name: 'system:kube-proxy' },
      ...nodes.map(({ name }) => ({ name: `system:node:${name}`, group: 'system:nodes' })),
    ],
  })
}

/** Writes everybody's kubeconfig. */
function identitiesOf({ place, hub, nodes }: Cluster, credentials: Credentials) {
  const endpoint = { url: `https://${hub.address}:${apiServerPort}`, ca: credentials.ca }
  const identify = (name: string, token: string) => createIdentity(place.folder, name, endpoint, token)
  const user = (name: string) => identify(name, credentials.tokenOf(name))
  user('system:kube-proxy')
  for (const { name } of nodes) user(`system:node:${name}`)
  return {
    admin: identify('admin', credentials.adminToken),
    controllers: identify('controllers', credentials.controllersToken),
    scheduler: user('system:kube-scheduler'),
  }
}

async function startDns({ kubeconfig }: Cluster): Promise<void> {
  const kubectl = (...args: string[]) => program([pathOf('kubectl'), `--kubeconfig=${kubeconfig}`, ...args])
  await kubectl('apply', `--filename=${join(import.meta.dirname, 'dns.yaml')}`)
  await kubectl('--namespace=kube-system', 'rollout', 'status', 'deployment/coredns', '--timeout=120s')
}
