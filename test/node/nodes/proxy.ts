/** kube-proxy, which leads to Services on each node; and on the control plane's machine, for calls of webhooks. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathOf } from '../../cluster/binaries.ts'
import { program } from '../../lab/hosts/program.ts'
import { startDaemon } from '../machines/daemon.ts'
import { inside, type Machine } from '../machines/machine.ts'

/** With the rules of a node that is there: a machine that is no node takes those of any. */
export async function startProxy(machine: Machine, nodeName: string, kubeconfig: string): Promise<void> {
  const configFile = join(machine.folder, 'proxy.json')
  writeFileSync(configFile, JSON.stringify(configuration(kubeconfig)))
  const flags = [`--config=${configFile}`, `--hostname-override=${nodeName}`]
  const health = inside(machine, ['curl', '--silent', '--fail', 'http://127.0.0.1:10256/livez'])
  await startDaemon(machine, pathOf('kube-proxy'), flags, async () => (await program(health)) !== '')
}

function configuration(kubeconfig: string): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clusterCIDR: '10.244.0.0/16',
    clientConnection: { kubeconfig },
    // The host's limits are not its business.
    conntrack: { maxPerCore: 0, min: 0 },
  }
}
