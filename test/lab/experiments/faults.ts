/** The ways in which a server falls silent. */

import { powerOff } from '../hosts/network.ts'
import { cutPath, forgetFlows } from '../hosts/router.ts'
import { killUnheard, type Pod } from '../pods/pod.ts'

export interface Fault {
  name: string
  strike(server: Pod, serviceAddress: string): Promise<void>
}

export const faults: readonly Fault[] = [
  { name: 'path cut', strike: ({ host }) => cutPath(host.address) },
  { name: 'pod network gone before the FIN', strike: killUnheard },
  { name: 'NAT forgets the flow', strike: (_server, serviceAddress) => forgetFlows(serviceAddress) },
  { name: 'host disappears', strike: ({ host }) => powerOff(host) },
]
