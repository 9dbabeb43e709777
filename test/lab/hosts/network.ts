/**
 * Hosts of the lab: network namespaces, each joined by a veth pair to the lab's own, which is the router
 * between them.
 */

import { writeFileSync } from 'node:fs'
import { type Command, program } from './program.ts'

export interface Host {
  /** Name of its network namespace. */
  name: string
  address: string
  /** The router's end of its link. */
  link: string
}

/** Each host has a network of four addresses: its own, the router's, and the two that no host can have. */
const addressesEach = 4

let hostsMade = 0

/** To be called once: the lab's own namespace forwards packets. */
export async function openRouter(): Promise<void> {
  await program(['ip', 'link', 'set', 'lo', 'up'])
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1')
}

/** Makes a host with a link to the router. */
export async function addHost(name: string): Promise<Host> {
  const first = hostsMade * addressesEach
  hostsMade += 1
  const host = { name, address: addressOf(first + 2), link: `to-${hostsMade}` }
  const router = addressOf(first + 1)
  await batch(
    ['ip'],
    [
      `netns add ${name}`,
      `link add dev ${host.link} type veth peer name eth0 netns ${name}`,
      `addr add ${router}/30 dev ${host.link}`,
      `link set dev ${host.link} up`,
    ],
  )
  await batch(
    ['ip', '-n', name],
    [
      'link set dev lo up',
      `addr add ${host.address}/30 dev eth0`,
      'link set dev eth0 up',
      `route add default via ${router}`,
    ],
  )
  return host
}

/** Takes a host away; the processes in it must have ended. */
export async function removeHost({ name }: Host): Promise<void> {
  await program(['ip', 'netns', 'delete', name])
}

/** The host as if it were powered off: its link has no carrier, and the router drops what is sent there. */
export async function powerOff({ name }: Host): Promise<void> {
  await program(['ip', '-n', name, 'link', 'set', 'dev', 'eth0', 'down'])
}

/** Takes the host's interface away, as a network plugin does with a pod's: the router has no way there. */
export async function removeInterface({ name }: Host): Promise<void> {
  await program(['ip', '-n', name, 'link', 'delete', 'dev', 'eth0'])
}

/** The command that runs the given one on a host. */
export function onHost({ name }: Pick<Host, 'name'>, command: readonly string[]): Command {
  return ['nsenter', `--net=/run/netns/${name}`, ...command]
}

async function batch(command: Command, lines: readonly string[]): Promise<void> {
  await program([...command, '-batch', '-'], lines.join('\n'))
}

/** The address with that number in 10.1.0.0/16. */
function addressOf(number: number): string {
  return `10.1.${Math.floor(number / 256)}.${number % 256}`
}
