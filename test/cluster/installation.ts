/** Longhaul installed by its chart, with replicas that run beside the control plane, since there are no nodes. */

import { CoreV1Api } from '@kubernetes/client-node'
import type { ControlPlane } from './control-plane.ts'
import { createNamespace, inject, isMutated, probed, tryPod } from './pods.ts'
import { namespace, release, releaseOn } from './release.ts'
import { type Replica, startReplica } from './replica.ts'
import { until } from './until.ts'

export interface Installation extends AsyncDisposable {
  /** Those that the Service leads to. */
  replicas: readonly Replica[]
  /** Starts one more, and adds it to the Service when it is ready. */
  add(): Promise<Replica>
  /** Takes one out of the Service, as its endpoints do when it fails `/readyz`. */
  remove(replica: Replica): void
  /** Upgrades the release with other values, as YAML, and waits until the replicas have taken them over. */
  upgrade(values: string): Promise<void>
  /** Waits until the API server, which learns of webhooks a moment later, has a pod changed. */
  untilCalled(): Promise<void>
  /** A figure of all replicas together. */
  metric(name: string): Promise<number>
}

const reloads = 'longhaul_reloads_total{file="config",result="accepted"}'

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
    async upgrade(next) {
      const before = await installation.metric(reloads)
      releaseOn(controlPlane).upgrade(next)
      await Promise.all(replicas.map(replica => replica.syncConfig()))
      const taken = async () => (await installation.metric(reloads)) === before + replicas.length
      await until('the replicas have read the configuration', taken)
    },
    async untilCalled() {
      await createNamespace(controlPlane, probed, inject)
      await until('pods are changed', async () => isMutated(await tryPod(controlPlane, probed)))
    },
    async metric(name) {
      const figures = await Promise.all(replicas.map(replica => replica.metric(name)))
      return figures.reduce((sum, each) => sum + each, 0)
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map(replica => replica.end('SIGKILL')))
    },
  }
  await Promise.all([installation.add(), installation.add()])
  return installation
}
