/**
 * What stands between clients and servers: a router that does what kube-proxy does (service addresses, by
 * DNAT), and what a NAT and a firewall do: it forgets flows, and drops packets without a word.
 */

import { writeFileSync } from 'node:fs'
import type { Host } from './network.ts'
import { type Command, program } from './program.ts'

export interface Service {
  address: string
  port: number
  /** Where new connections go, by chance; without any they are refused, as kube-proxy does. */
  backends: readonly { address: string; port: number }[]
}

/**
 * A packet of a flow that the router does not know is dropped: so does a NAT that forgot it. It has to happen
 * before routing, since nobody has the service's address.
 */
const rules = `
table ip lab {
  set cut { type ipv4_addr; }
  chain unknown { type filter hook prerouting priority mangle; ct state invalid drop; }
  chain refused { type filter hook prerouting priority mangle + 1; }
  chain services { type nat hook prerouting priority dstnat; }
  chain counted { type filter hook forward priority filter - 1; }
  chain paths {
    type filter hook forward priority filter;
    ip saddr @cut drop
    ip daddr @cut drop
  }
}`

/** To be called once, in the router's own network namespace. */
export async function prepareRouter(): Promise<void> {
  await nft(rules)
  // Otherwise a packet in mid-flow makes the flow known again.
  netfilter('nf_conntrack_tcp_loose', 0)
}

/** Makes these the services, all at once. Flows that are known keep their backend. */
export async function setServices(services: readonly Service[]): Promise<void> {
  await nft(
    ['flush chain ip lab services', 'flush chain ip lab refused', ...services.map(serviceRule)].join('\n'),
  )
}

function serviceRule({ address, port, backends }: Service): string {
  const match = `ip daddr ${address} tcp dport ${port}`
  if (backends.length === 0) {
    return `add rule ip lab refused ${match} ct state new reject with icmp port-unreachable`
  }
  const map = backends.map((each, index) => `${index} : ${each.address} . ${each.port}`).join(', ')
  return `add rule ip lab services ${match} dnat ip addr . port to numgen random mod ${backends.length} map { ${map} }`
}

/** Drops all packets from and to a host from now on. Nobody is told. */
export async function cutPath(address: string): Promise<void> {
  await nft(`add element ip lab cut { ${address} }`)
}

/** Undoes cutPath. */
export async function openPath(address: string): Promise<void> {
  await nft(`delete element ip lab cut { ${address} }`)
}

/** Forgets all flows to a service, as a NAT does that restarts, or whose idle timeout has passed. */
export async function forgetFlows(serviceAddress: string): Promise<void> {
  const command: Command = ['conntrack', '--delete', '--proto', 'tcp', '--orig-dst', serviceAddress]
  await program(command).catch((error: Error) => {
    // That is its failure where it finds none.
    if (!error.message.includes('0 flow entries')) throw error
  })
}

/** How long a flow may be idle before the router forgets it. */
export function setIdleTimeout(seconds: number): void {
  netfilter('nf_conntrack_tcp_timeout_established', Math.round(seconds))
}

/** Counts from now on what passes a host's interface, both ways. */
export async function countBytes({ link }: Host): Promise<void> {
  await nft(`
    add counter ip lab ${link}
    add rule ip lab counted iifname ${link} counter name ${link}
    add rule ip lab counted oifname ${link} counter name ${link}`)
}

/** What has passed since countBytes: bytes of IPv4, headers included. */
export async function bytesOf({ link }: Host): Promise<number> {
  const text = await program(['nft', '--json', 'list', 'counter', 'ip', 'lab', link])
  const { nftables }: { nftables: { counter?: { bytes: number } }[] } = JSON.parse(text)
  const counter = nftables.find(each => each.counter !== undefined)?.counter
  if (counter === undefined) throw new Error(`nft knows no counter ${link}: ${text}`)
  return counter.bytes
}

/** What Linux has by default: five days. */
export const usualIdleTimeoutSeconds = 432_000

function netfilter(name: string, value: number): void {
  writeFileSync(`/proc/sys/net/netfilter/${name}`, String(value))
}

async function nft(script: string): Promise<void> {
  await program(['nft', '-f', '-'], script)
}
