/** Longhaul installed by its chart, with replicas that run beside the control plane, since there are no nodes. */

import { CoreV1Api } from '@kubernetes/client-node'
import type { ControlPlane } from './control-plane.ts'
import { namespace, release, releaseOn } from './release.ts'
import { type Replica, startReplica } from './replica.ts'

export interface Installation extends AsyncDisposable {
  /** Those that the Service leads to. */
  replicas: readonly Replica[]
  /** Starts one more, and adds it to the Service when it is ready. */
  add(): Promise<Replica>
  /** Takes one out of the Service, as its endpoints do when it fails `/readyz`. */
  remove(replica: Replica): void
}

/** Installs the chart with these values, as YAML, and starts two replicas. */
export async function install(controlPlane: ControlPlane, values = ''): Promise<Installation> {
  releaseOn(controlPlane).upgrade(values)
  const core = controlPlane.admin.config.makeApiClient(CoreV1Api)
  const { spec } = await core.readNamespacedService({ namespace, name: release })
  const replicas: Replica[] = []
  const started: Replica[] = []
  const route = () => {
    const ports = replicas.map(({ port }) => port)
    controlPlane.services.route(`${spec?.clusterIP}:443`, ports)
  }
  const installation: Installation = {
    replicas,
    async add() {
      const replica = await startReplica(controlPlane)
      started.push(replica)
      replicas.push(replica)
      route()
      return replica
    },
    remove(replica) {
      replicas.splice(replicas.indexOf(replica), 1)
      route()
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map(replica => replica.end('SIGKILL')))
    },
  }
  await Promise.all([installation.add(), installation.add()])
  return installation
}
