/** What the control plane does in the lab: services and their endpoints, pods made and deleted. */

import { setTimeout as delay } from 'node:timers/promises'
import type { V1Pod, V1Service } from '@kubernetes/client-node'
import { setServices } from '../hosts/router.ts'
import { serviceVariables, type Variables } from './environment.ts'
import { type Pod, startPod, type Termination } from './pod.ts'

export interface Cluster extends AsyncDisposable {
  /** Gives a service an address. Its endpoints are the pods that it selects, as long as they are ready. */
  addService(service: V1Service): Promise<string>
  /** Starts a pod, which gets traffic once it is ready. */
  create(pod: V1Pod): Promise<Pod>
  /** Deletes a pod. Endpoints forget it a while after that, at the same time as it is told to stop. */
  delete(pod: Pod, how?: Termination): Promise<void>
}

export interface ClusterOptions {
  scale: number
  /** For all containers, besides those of services. */
  variables: Variables
  /** How long it takes until endpoints, proxies and load balancers have forgotten a pod. */
  endpointDelayMs: number
}

interface Served {
  service: V1Service
  address: string
  endpoints: Set<Pod>
}

let podsMade = 0
let servicesMade = 0

/** An empty cluster. Disposing of it ends all of its pods. */
export function openCluster({ scale, variables, endpointDelayMs }: ClusterOptions): Cluster {
  const served: Served[] = []
  const pods = new Set<Pod>()

  const publish = () => setServices(served.map(routed))

  async function join(pod: Pod): Promise<void> {
    if (!pods.has(pod)) return
    for (const { service, endpoints } of served) if (selects(service, pod)) endpoints.add(pod)
    await publish()
  }

  async function forget(pod: Pod): Promise<void> {
    await delay(endpointDelayMs)
    for (const { endpoints } of served) endpoints.delete(pod)
    await publish()
  }

  return {
    async addService(service) {
      servicesMade += 1
      const address = `10.9.${servicesMade >> 8}.${servicesMade & 255}`
      served.push({ service, address, endpoints: new Set() })
      await publish()
      return address
    },
    async create(wanted) {
      podsMade += 1
      const name = `${wanted.metadata?.generateName ?? 'pod-'}${podsMade}`
      const services = { ...variables, ...variablesOf(served), SCALE: String(scale) }
      const started = await startPod(wanted, { name, services, scale })
      const pod: Pod = { ...started, ready: started.ready.then(() => join(pod)) }
      // Who needs it waits for it; a pod that never gets ready is no failure by itself.
      pod.ready.catch(() => {})
      pods.add(pod)
      return pod
    },
    async delete(pod, how = 'gracefully') {
      pods.delete(pod)
      await Promise.all([forget(pod), pod.terminate(how)])
    },
    async [Symbol.asyncDispose]() {
      served.length = 0
      await Promise.all([...pods].map(pod => pod.terminate('by force')))
      await setServices([])
    },
  }
}

function selects({ spec }: V1Service, { labels }: Pod): boolean {
  return Object.entries(spec?.selector ?? {}).every(([key, value]) => labels[key] === value)
}

function routed({ service, address, endpoints }: Served) {
  const { port, targetPort } = portOf(service)
  return {
    address,
    port,
    backends: [...endpoints].map(({ host }) => ({ address: host.address, port: targetPort })),
  }
}

function portOf({ spec, metadata }: V1Service): { port: number; targetPort: number } {
  const first = spec?.ports?.[0]
  if (first === undefined) throw new Error(`service ${metadata?.name} has no port`)
  return { port: first.port, targetPort: Number(first.targetPort ?? first.port) }
}

function variablesOf(served: readonly Served[]): Variables {
  const each = served.map(({ service, address }) =>
    serviceVariables(service.metadata?.name ?? '', address, portOf(service).port),
  )
  return Object.assign({}, ...each)
}
