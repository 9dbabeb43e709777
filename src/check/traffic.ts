/** Which Services send traffic to pods, and to which of their containers. */

import { isQuiet, tcpPorts } from '../mutation/drain-ports.ts'
import { runsToCompletion } from '../mutation/owner.ts'
import type { CheckedPods, CheckedService } from './input/input.ts'
import { type PlacedContainer, placedContainers } from './pod-end.ts'

/**
 * The Services by whose endpoints clients find a pod. Not headless ones, by which mostly the members of a cluster know
 * each other, and none that has only ports for metrics and health: a scraper that fails once comes back.
 */
export function trafficServices({ services, pod }: CheckedPods): CheckedService[] {
  return runsToCompletion(pod) ? [] : services.filter(sendsTraffic)
}

function sendsTraffic({ object: { spec } }: CheckedService): boolean {
  const ports = (spec?.ports ?? []).filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP')
  return spec?.clusterIP !== 'None' && ports.some(port => !isQuiet(port))
}

/** Pods that take traffic. */
export interface ServingPods {
  at: CheckedPods
  /** One of the Services that send it. */
  service: CheckedService
  /** The containers that take it. */
  serving: readonly [PlacedContainer, ...PlacedContainer[]]
}

/** Those of the pods to which a Service sends traffic. */
export function* servingPods(pods: readonly CheckedPods[]): Iterable<ServingPods> {
  for (const at of pods) {
    const services = trafficServices(at)
    const [service] = services
    if (service === undefined) continue
    const [first, ...others] = servingContainers(at, services)
    if (first !== undefined) yield { at, service, serving: [first, ...others] }
  }
}

/** The regular containers that declare a port to which a Service sends; all of them where none declares one. */
function servingContainers(pods: CheckedPods, services: readonly CheckedService[]): PlacedContainer[] {
  const targets = new Set(services.flatMap(targetPorts))
  const regular = placedContainers(pods).filter(({ isRegular }) => isRegular)
  const serving = regular.filter(({ container }) =>
    tcpPorts(container).some(({ number, name }) => targets.has(number) || targets.has(name)),
  )
  return serving.length > 0 ? serving : regular
}

function targetPorts({ object: { spec } }: CheckedService): unknown[] {
  const ports = (spec?.ports ?? []).filter(port => !isQuiet(port))
  return ports.map(({ port, targetPort }) => targetPort ?? port)
}
