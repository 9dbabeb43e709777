/** The addresses of the cluster's Services, and those that leave them. */

import type { V1EndpointSlice } from '@kubernetes/client-node'

const serviceLabel = 'kubernetes.io/service-name'

/** An address of a Service, as its EndpointSlices have it. */
export interface ServiceAddress {
  namespace: string
  service: string
  address: string
  /** Where its pod ran, and the pod: undefined for those that are no pod's. */
  node: string | undefined
  pod: PodReference | undefined
}

export interface PodReference {
  name: string
  namespace: string
  uid: string
}

export interface EndpointAddresses {
  /** All slices there are; gives the addresses that were known and are in none of their Service's any more. */
  listed(slices: readonly V1EndpointSlice[]): ServiceAddress[]
  /** A slice that is new or has changed; gives what has left its Service by that. */
  changed(slice: V1EndpointSlice): ServiceAddress[]
  removed(slice: V1EndpointSlice): ServiceAddress[]
  /** How many addresses are known. */
  count(): number
}

/** By address, what a slice says of it. */
type SliceAddresses = ReadonlyMap<string, ServiceAddress>

/**
 * What is known of all slices. Whether an endpoint is ready, serves or terminates makes no difference: as long as it is
 * in a slice its pod is there. A Service has several slices, between which endpoints move.
 */
export function createEndpointAddresses(): EndpointAddresses {
  const services = new Map<string, Map<string, SliceAddresses>>()

  const isIn = ({ namespace, service, address }: ServiceAddress) =>
    [...(services.get(`${namespace}/${service}`)?.values() ?? [])].some(slice => slice.has(address))

  const replace = (slice: V1EndpointSlice, addresses: SliceAddresses): SliceAddresses => {
    const service = serviceOf(slice)
    const slices = services.get(service) ?? new Map<string, SliceAddresses>()
    const before = slices.get(nameOf(slice)) ?? new Map<string, ServiceAddress>()
    if (addresses.size > 0) slices.set(nameOf(slice), addresses)
    else slices.delete(nameOf(slice))
    if (slices.size > 0) services.set(service, slices)
    else services.delete(service)
    return before
  }

  return {
    listed(slices) {
      const before = [...services.values()].flatMap(each => [...each.values()])
      services.clear()
      for (const slice of slices) replace(slice, addressesOf(slice))
      return unique(before.flatMap(each => [...each.values()])).filter(each => !isIn(each))
    },
    changed: slice => [...replace(slice, addressesOf(slice)).values()].filter(each => !isIn(each)),
    removed: slice => [...replace(slice, new Map()).values()].filter(each => !isIn(each)),
    count: () =>
      [...services.values()].reduce(
        (sum, slices) => sum + [...slices.values()].reduce((all, { size }) => all + size, 0),
        0,
      ),
  }
}

/** None for names (addressType FQDN), and for slices of no Service. */
function addressesOf(slice: V1EndpointSlice): SliceAddresses {
  const { metadata, addressType, endpoints } = slice
  const service = metadata?.labels?.[serviceLabel]
  if (service === undefined || (addressType !== 'IPv4' && addressType !== 'IPv6')) return new Map()
  const namespace = metadata?.namespace ?? ''
  return new Map(
    (endpoints ?? []).flatMap(({ addresses, nodeName: node, targetRef }) => {
      const { kind, name = '', namespace: podNamespace = namespace, uid = '' } = targetRef ?? {}
      const pod = kind === 'Pod' ? { name, namespace: podNamespace, uid } : undefined
      return addresses.map(address => [address, { namespace, service, address, node, pod }] as const)
    }),
  )
}

/** An address may be in two slices of its Service for a while. */
function unique(addresses: readonly ServiceAddress[]): ServiceAddress[] {
  const byKey = addresses.map(each => [`${each.namespace}/${each.service}/${each.address}`, each] as const)
  return [...new Map(byKey).values()]
}

function serviceOf({ metadata }: V1EndpointSlice): string {
  return `${metadata?.namespace}/${metadata?.labels?.[serviceLabel]}`
}

function nameOf({ metadata }: V1EndpointSlice): string {
  return metadata?.name ?? ''
}
