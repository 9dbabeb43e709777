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
  const inits = pod.spec?.initContainers ?? []
  return inits.filter(each => each.restartPolicy === 'Always' && isChosen(each, policy))
}

/** All that run as long as the pod does, whoever brought them: native sidecars first. */
export function lastingContainers({ spec }: V1Pod): V1Container[] {
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  return [...sidecars, ...(spec?.containers ?? [])]
}

/** True for a container by whose name a mesh's proxy is known. */
export function isMeshProxy({ name }: V1Container): boolean {
  return meshProxies.has(name)
}

function isChosen({ name }: V1Container, policy: Policy): boolean {
  const { containers } = policy.values
  return !meshProxies.has(name) && (containers === undefined || containers.includes(name))
}

/** The pod with some fields of its spec replaced. */
export function withSpec(pod: V1Pod, fields: Partial<V1PodSpec>): V1Pod {
  // A spec without containers is skipped before any feature sees it.
  return { ...pod, spec: { ...(pod.spec as V1PodSpec), ...fields } }
}

type Change = (container: V1Container) => V1Container

/** The pod with the named containers changed; the names are unique over init and regular containers. */
export function changeContainers(pod: V1Pod, names: readonly string[], change: Change): V1Pod {
  const chosen = new Set(names)
  const containers = changeEach(pod.spec?.containers, chosen, change)
  const initContainers = changeEach(pod.spec?.initContainers, chosen, change)
  if (initContainers !== undefined) {
    const rest = containers === undefined ? {} : { containers }
    return withSpec(pod, { initContainers, ...rest })
  }
  return containers === undefined ? pod : withSpec(pod, { containers })
}

/** The containers with the named ones changed; undefined where that makes no difference. */
function changeEach(
  containers: readonly V1Container[] | undefined,
  names: ReadonlySet<string>,
  change: Change,
): V1Container[] | undefined {
  let isChanged = false
  const changed = containers?.map(each => {
    const now = names.has(each.name) ? change(each) : each
    isChanged ||= now !== each
    return now
  })
  return isChanged ? changed : undefined
}
