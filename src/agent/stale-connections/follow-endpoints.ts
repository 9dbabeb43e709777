/** The end of connections to endpoints that are gone, with what is said of it. */

import type { V1EndpointSlice } from '@kubernetes/client-node'
import { reasonOf } from '../../cluster/client/client.ts'
import type { Surroundings, Told } from '../surroundings.ts'
import { warnOf } from '../warnings.ts'
import { createEndpointAddresses, type ServiceAddress } from './endpoint-addresses.ts'
import { isNobodys, isUnreachable } from './living-pods.ts'
import { type NodeStale, type StaleConnection, StaleError, type StaleOutcome } from './node-stale.ts'
import { isLeftAlone } from './opt-out.ts'
import { createStaleEndings } from './stale-endings.ts'

/** Of more of them the log has the number only. */
const mostLogged = 10

/** Gives what is to be told of all EndpointSlices of the cluster. */
export function followEndpoints(surroundings: Surroundings, stale: NodeStale): Told<V1EndpointSlice> {
  const { client, namespaces, log, metrics, stop } = surroundings
  const { core } = client
  const addresses = createEndpointAddresses()
  const end = createStaleEndings({
    stale,
    mayEnd: async address =>
      !(await isLeftAlone(core, namespaces, address)) && (await isNobodys(core, address)),
    isUnreachable: name => isUnreachable(core, name),
    done(address, connections, tookMs) {
      const outcomes = countOutcomes(connections)
      metrics.countStale(address, outcomes, tookMs)
      const examples = connections.slice(0, mostLogged).map(textOf)
      log.info(
        { ...placeOf(address), outcomes, connections: examples },
        'connections to an endpoint that is gone',
      )
    },
    failed: (gone, error) => report(surroundings, gone, error),
    stop,
  })
  metrics.showEndpoints(addresses.count)
  return {
    listed: slices => end(addresses.listed(slices)),
    changed: slice => end(addresses.changed(slice)),
    removed: slice => end(addresses.removed(slice)),
  }
}

function countOutcomes(connections: readonly StaleConnection[]): Partial<Record<StaleOutcome, number>> {
  const counts: Partial<Record<StaleOutcome, number>> = {}
  for (const { outcome } of connections) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

/** What can't be done on the node at all is also told among its events. */
function report(surroundings: Surroundings, gone: readonly ServiceAddress[], error: unknown): void {
  const { node, log, metrics } = surroundings
  const reason = error instanceof StaleError ? error.reason : 'api-server'
  const problem = reasonOf(error)
  metrics.countStaleFailure(reason)
  const [first] = gone
  const what = { ...(first && placeOf(first)), addresses: gone.length, reason, problem }
  log.warn(what, 'stale connections could not be ended')
  if (!(error instanceof StaleError)) return
  const object = { kind: 'Node', name: node, namespace: 'default', uid: node } as const
  const message = `Longhaul, connections to endpoints that are gone: ${problem}`
  void warnOf(surroundings, object, 'StaleConnectionsFailed', message)
}

function placeOf({ namespace, service, address }: ServiceAddress) {
  return { namespace, service, address }
}

function textOf({ clientAddress, clientPort, serviceAddress, servicePort }: StaleConnection): string {
  return `${clientAddress} ${clientPort} -> ${serviceAddress} ${servicePort}`
}
