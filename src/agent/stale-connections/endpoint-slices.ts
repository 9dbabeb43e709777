/** The EndpointSlices of the cluster, as they are now. */

import type { V1EndpointSlice } from '@kubernetes/client-node'
import type { ClusterClient } from '../../cluster/client/client.ts'
import type { Resource } from '../../cluster/client/follow.ts'

/** For `follow`. */
export function endpointSlices({ discovery }: Pick<ClusterClient, 'discovery'>): Resource<V1EndpointSlice> {
  return {
    path: '/apis/discovery.k8s.io/v1/endpointslices',
    list: page => discovery.listEndpointSliceForAllNamespaces(page),
  }
}
