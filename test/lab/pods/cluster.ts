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
  /** Changes labels of a pod, and with them the services that select it. */
  relabel(pod: Pod, labels: Readonly<Record<string, string>>): Promise<void>
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
}

let podsMade = 0
let servicesMade = 0

/** An empty cluster. Disposing of it ends all of its pods. */
export function openCluster({ scale, variables, endpointDelayMs }: ClusterOptions): Cluster {
  const served: Served[] = []
  const pods = new Set<Pod>()
  /** The pods that are ready and not forgotten: those that get traffic. */
  const serving = new Set<Pod>()
  const publish = () => setServices(served.map(each => routed(each, serving)))

  async function join(pod: Pod): Promise<void> {
    if (!pods.has(pod)) return
    serving.add(pod)
    await publish()
  }

  async function forget(pod: Pod): Promise<void> {
    await delay(endpointDelayMs)
    serving.delete(pod)
    await publish()
  }

  return {
    async addService(service) {
      servicesMade += 1
      const address = `10.9.${servicesMade >> 8}.${servicesMade & 255}`
      served.push({ service, address })
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
    async relabel(pod, labels) {
      Object.assign(pod.labels, labels)
      await publish()
    },
    async delete(pod, how = 'gracefully') {
      pods.delete(pod)
      await Promise.all([forget(pod), pod.terminate(how)])
    },
    async [Symbol.asyncDispose]() {
      served.length = 0
      await Promise.all([...pods].map(pod => pod.terminate('by force')))
      await publish()
    },
  }
}

function selects({ spec }: V1Service, { labels }: Pod): boolean {
  return Object.entries(spec?.selector ?? {}).every(([key, value]) => labels[key] === value)
}

function routed({ service, address }: Served, serving: ReadonlySet<Pod>) {
  const { port, targetPort } = portOf(service)
  const selected = [...serving].filter(pod => selects(service, pod))
  return {
    address,
    port,
    backends: selected.map(({ host }) => ({ address: host.address, port: targetPort })),
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
