/** A node: a machine with containerd, the kubelet and kube-proxy. */

import { existsSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathOf } from '../../cluster/binaries.ts'
import { program } from '../../lab/hosts/program.ts'
import { makeCgroup } from '../machines/cgroups.ts'
import { startDaemon } from '../machines/daemon.ts'
import { inside, type Machine } from '../machines/machine.ts'
import { containerdSocket, writeNodeFiles } from './files.ts'
import { startProxy } from './proxy.ts'

export interface Node extends Machine {
  /** The network of its pods, as `10.244.1.0/24`. */
  pods: string
  /** The cgroup that its pods are below. */
  cgroup: string
}

/** Who the daemons are to the API server: kubeconfig files, and the CA's certificate. */
export interface NodeCredentials {
  kubelet: string
  proxy: string
  caFile: string
}

/** Where pods ask for names. */
export const dnsAddress = '10.96.0.10'

/** Starts what doesn't run yet, and imports the images that the node has not yet, from archives. */
export async function startNode(
  node: Node,
  credentials: NodeCredentials,
  archives: readonly string[],
): Promise<void> {
  makeCgroup(node.cgroup)
  const files = writeNodeFiles(node, credentials.caFile)
  await startContainerd(node, files.containerd)
  for (const archive of archives) await importImage(node, archive)
  await startKubelet(node, files.kubelet, credentials.kubelet)
  await startProxy(node, node.name, credentials.proxy)
}

async function startContainerd(node: Node, configFile: string): Promise<void> {
  const answers = async () => (await ctr(node, ['version'])) !== ''
  await startDaemon(node, pathOf('containerd'), ['--config', configFile], answers)
}

async function startKubelet(node: Node, configFile: string, kubeconfig: string): Promise<void> {
  const flags = [
    `--config=${configFile}`,
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${node.name}`,
    `--node-ip=${node.address}`,
  ]
  const health = inside(node, ['curl', '--silent', '--fail', 'http://127.0.0.1:10248/healthz'])
  await startDaemon(node, pathOf('kubelet'), flags, async () => (await program(health)) === 'ok')
}

async function importImage(node: Node, archive: string): Promise<void> {
  const imported = join(node.folder, `imported-${basename(archive)}`)
  if (existsSync(imported) && statSync(imported).mtimeMs > statSync(archive).mtimeMs) return
  await ctr(node, ['images', 'import', archive])
  writeFileSync(imported, '')
}

/** Gives an image that the node has another name. */
export async function tagImage(node: Node, name: string, other: string): Promise<void> {
  await ctr(node, ['images', 'tag', '--force', name, other])
}

function ctr(node: Node, args: readonly string[]): Promise<string> {
  const options = ['--address', containerdSocket, '--namespace', 'k8s.io']
  return program(inside(node, [pathOf('ctr'), ...options, ...args]))
}
