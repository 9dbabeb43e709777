/** Which containers of a pod Longhaul may change, and how they are changed without a copy of the rest. */

import type { V1Container, V1Pod, V1PodSpec } from '@kubernetes/client-node'
import type { Policy } from '../policy/levels.ts'

/** Proxies of service meshes bring hooks, probes and keepalive of their own. */
const meshProxies: ReadonlySet<string> = new Set(['istio-proxy', 'linkerd-proxy'])

/** The regular containers that per-container features concern. */
export function appContainers(pod: V1Pod, policy: Policy): V1Container[] {
  return (pod.spec?.containers ?? []).filter(container => isChosen(container, policy))
}

/** Init containers that run as long as the pod does (KEP-753), in their order. */
export function nativeSidecars(pod: V1Pod, policy: Policy): V1Container[] {
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  return sidecars.filter(container => isChosen(container, policy))
}

function isChosen({ name }: V1Container, policy: Policy): boolean {
  const { containers } = policy.values
  return !meshProxies.has(name) && (containers === undefined || containers.includes(name))
}

/** The pod with some fields of its spec replaced. */
export function withSpec(pod: V1Pod, fields: Partial<V1PodSpec>): V1Pod {
  return { ...pod, spec: { containers: [], ...pod.spec, ...fields } }
}

/** The pod with the named containers changed; the names are unique over init and regular containers. */
export function changeContainers(
  pod: V1Pod,
  names: readonly string[],
  change: (container: V1Container) => V1Container,
): V1Pod {
  const containers = changeEach(pod.spec?.containers, names, change)
  const initContainers = changeEach(pod.spec?.initContainers, names, change)
  if (containers === pod.spec?.containers && initContainers === pod.spec?.initContainers) return pod
  return withSpec(pod, {
    ...(containers === undefined ? {} : { containers }),
    ...(initContainers === undefined ? {} : { initContainers }),
  })
}

function changeEach(
  containers: V1Container[] | undefined,
  names: readonly string[],
  change: (container: V1Container) => V1Container,
): V1Container[] | undefined {
  const changed = containers?.map(each => (names.includes(each.name) ? change(each) : each))
  return changed?.some((each, index) => each !== containers?.[index]) ? changed : containers
}
