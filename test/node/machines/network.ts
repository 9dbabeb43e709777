/**
 * The cluster's network: a bridge in the network namespace of the control plane's machine, with a link to each node
 * and one to the host. So the host's own network gets nothing but the end of that link, and all of it is gone with
 * the machine.
 */

import { program } from '../../lab/hosts/program.ts'
import { inNetworkOf, type Machine, pidOf } from './machine.ts'

/** Makes the bridge, with the control plane's address, and the host's link to it. */
export async function openNetwork(hub: Machine, hostLink: string, hostAddress: string): Promise<void> {
  await inHub(hub, [
    'link set dev lo up',
    'link add dev nodes type bridge',
    `addr add ${hub.address}/24 dev nodes`,
    'link set dev nodes up',
    `link add dev host type veth peer name ${hostLink} netns ${process.pid}`,
    'link set dev host master nodes up',
  ])
  await batch(['ip'], [`addr add ${hostAddress}/24 dev ${hostLink}`, `link set dev ${hostLink} up`])
  // Nothing goes there. But Linux looks for a route before kube-proxy's rules lead to a Service's pods.
  await inHub(hub, [`route add default via ${hostAddress}`])
}

/** Plugs a node in. */
export async function plugIn(hub: Machine, node: Machine): Promise<void> {
  await inHub(hub, [
    `link add dev ${node.name} type veth peer name eth0 netns ${pidOf(node)}`,
    `link set dev ${node.name} master nodes up`,
  ])
  const [command, ...args] = inNetworkOf(node, ['ip'])
  await batch(
    [command, ...args],
    [
      'link set dev lo up',
      `addr add ${node.address}/24 dev eth0`,
      'link set dev eth0 up',
      `route add default via ${hub.address}`,
    ],
  )
}

/** Takes away what a node that has ended leaves of its link, which the kernel would do a while later. */
export async function unplug(hub: Machine, node: Machine): Promise<void> {
  await inHub(hub, [`link delete dev ${node.name}`]).catch((error: Error) => {
    if (!error.message.includes('Cannot find device')) throw error
  })
}

/** Leads packets for a node's pods to it. */
export async function addPodRoute(machine: Machine, pods: string, node: Machine): Promise<void> {
  const [command, ...args] = inNetworkOf(machine, ['ip'])
  await batch([command, ...args], [`route replace ${pods} via ${node.address}`])
}

/** Takes the carrier off a node's link, or gives it back: what is sent there is answered as unreachable. */
export async function setLink(hub: Machine, node: Machine, state: 'up' | 'down'): Promise<void> {
  await inHub(hub, [`link set dev ${node.name} ${state}`])
}

/** Drops all packets from and to a node from now on. Nobody is told. */
export async function cutSilently(hub: Machine, node: Machine): Promise<void> {
  const device = `device "${node.name}" priority filter; policy drop;`
  await nft(
    hub,
    `table netdev ${tableOf(node)} {
      chain from { type filter hook ingress ${device} }
      chain to { type filter hook egress ${device} }
    }`,
  )
}

/** Ends the silent cut. */
export async function mend(hub: Machine, node: Machine): Promise<void> {
  // Also where there is none: Debian 12's nft knows no `destroy`.
  await nft(hub, `add table netdev ${tableOf(node)}\ndelete table netdev ${tableOf(node)}`)
}

function tableOf({ name }: Machine): string {
  return `cut-${name}`
}

async function inHub(hub: Machine, lines: readonly string[]): Promise<void> {
  const [command, ...args] = inNetworkOf(hub, ['ip'])
  await batch([command, ...args], lines)
}

async function batch(command: readonly [string, ...string[]], lines: readonly string[]): Promise<void> {
  await program([...command, '-batch', '-'], lines.join('\n'))
}

async function nft(hub: Machine, script: string): Promise<void> {
  await program(inNetworkOf(hub, ['nft', '-f', '-']), script)
}
