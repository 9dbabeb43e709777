/** kube-proxy, which leads to Services on each node; and on the control plane's machine, for calls of webhooks. */

import { pathOf } from '../../cluster/binaries.ts'
import { program } from '../../lab/hosts/program.ts'
import { startDaemon } from '../machines/daemon.ts'
import { inside, type Machine } from '../machines/machine.ts'

/** With the rules of a node that is there: a machine that is no node takes those of any. */
export async function startProxy(machine: Machine, nodeName: string, kubeconfig: string): Promise<void> {
  // No configuration file: it ends itself where one is written again.
  const flags = [
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${nodeName}`,
    '--proxy-mode=nftables',
    '--cluster-cidr=10.244.0.0/16',
    // The host's limits are not its business.
    '--conntrack-max-per-core=0',
    '--conntrack-min=0',
  ]
  const health = inside(machine, ['curl', '--silent', '--fail', 'http://127.0.0.1:10256/livez'])
  await startDaemon(machine, pathOf('kube-proxy'), flags, async () => (await program(health)) !== '')
}
