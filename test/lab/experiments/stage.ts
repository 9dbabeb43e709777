/** What an experiment plays on: servers of some systems, ready behind their services, and clients of them. */

import type { V1Pod } from '@kubernetes/client-node'
import { type Cluster, openCluster } from '../pods/cluster.ts'
import type { Variables } from '../pods/environment.ts'
import { type Annotations, injectedPod, objectNamed, readManifest, servicesOf } from '../pods/manifest.ts'
import type { Pod } from '../pods/pod.ts'
import { lineOf, onlyContainer } from '../pods/wait.ts'
import type { System } from '../systems/system.ts'
import type { Lab } from './experiment.ts'
import type { Variant } from './policies.ts'

/** How long endpoints and load balancers take to forget a pod. Seconds; divided by the lab's scale. */
export const endpointDelaySeconds = 5

const clientStartMs = 60_000

export interface Stage extends AsyncDisposable {
  cluster: Cluster
  /** Starts that many server pods of a system, once for all that share a manifest, and waits until they are ready. */
  serve(system: System, options?: { replicas?: number; annotations?: Annotations }): Promise<Served>
  /** A pod of a system's server, as the API server would store it. */
  server(system: System, annotations: Annotations): V1Pod
  /** Starts a pod of a workload in a system's manifest, and waits until it says that it is ready. */
  client(system: System, workload: string, variant: Variant): Promise<Pod>
}

export interface Served {
  address: string
  pods: readonly Pod[]
}

/** An empty stage. All pods get these variables. */
export function openStage({ scale }: Pick<Lab, 'scale'>, variables: Variables = {}): Stage {
  const cluster = openCluster({
    scale,
    variables: { QUERY: '', ...variables },
    endpointDelayMs: (endpointDelaySeconds * 1000) / scale,
  })
  const serving = new Map<string, Promise<Served>>()

  const podOf = ({ manifest }: System, workload: string, annotations: Annotations) =>
    injectedPod(objectNamed(readManifest(manifest), 'Deployment', workload), annotations, scale)

  async function startServers(system: System, replicas: number, annotations: Annotations): Promise<Served> {
    const [service] = servicesOf(readManifest(system.manifest))
    if (service === undefined) throw new Error(`${system.manifest} has no service`)
    const address = await cluster.addService(service)
    const pod = podOf(system, system.server, annotations)
    const pods = await Promise.all(Array.from({ length: replicas }, () => cluster.create(pod)))
    await Promise.all(pods.map(({ ready }) => ready))
    return { address, pods }
  }

  return {
    cluster,
    serve(system, { replicas = 1, annotations = {} } = {}) {
      const known = serving.get(system.manifest)
      if (known !== undefined) return known
      const served = startServers(system, replicas, annotations)
      serving.set(system.manifest, served)
      return served
    },
    server: (system, annotations) => podOf(system, system.server, annotations),
    async client(system, workload, { annotations }) {
      const pod = await cluster.create(podOf(system, workload, annotations))
      await lineOf(onlyContainer(pod), 'ready', clientStartMs)
      return pod
    },
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  }
}
