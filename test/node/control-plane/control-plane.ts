/** The control plane on a machine of its own: no fault of a node's can take it along. */

import { Health } from '@kubernetes/client-node'
import { pathOf } from '../../cluster/binaries.ts'
import type { Credentials } from '../../cluster/credentials.ts'
import type { Identity } from '../../cluster/identity.ts'
import { program } from '../../lab/hosts/program.ts'
import { startDaemon } from '../machines/daemon.ts'
import { inside, type Machine } from '../machines/machine.ts'
import { apiServerFlags, controllersFlags, etcdFlags, etcdUrl, schedulerFlags } from './flags.ts'

export interface Identities {
  admin: Identity
  controllers: Identity
  scheduler: Identity
}

/** Starts what doesn't run yet. */
export async function startControlPlaneOn(
  machine: Machine,
  credentials: Credentials,
  { admin, controllers, scheduler }: Identities,
): Promise<void> {
  const health = inside(machine, ['curl', '--silent', '--fail', `${etcdUrl}/health`])
  await startDaemon(machine, pathOf('etcd'), etcdFlags(machine), async () => (await program(health)) !== '')
  const isReady = async () => (await new Health(admin.config).readyz({})) !== undefined
  await startDaemon(machine, pathOf('kube-apiserver'), apiServerFlags(machine, credentials), isReady)
  const runs = async () => true
  const controllersFile = pathOf('kube-controller-manager')
  await startDaemon(machine, controllersFile, controllersFlags(credentials, controllers), runs)
  await startDaemon(machine, pathOf('kube-scheduler'), schedulerFlags(scheduler), runs)
}
