/** Which peers are meant, as people write them and as the binary in pods takes them. */

import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { InputError } from '../manifests/input-error.ts'

export interface PeerChoice {
  /** An address, or a range of them by its prefix: `10.0.0.7`, `2001:db8::/32`. */
  address: string
  /** A port, or a range: `6379`, `80-90`; `0` is any. */
  ports: string
}

const anyPort = '0'
const lastPort = 65_535

/**
 * Reads `ADDRESS[/PREFIX][:PORT[-PORT]]`, in which an IPv6 address that a port follows is in brackets. Throws an
 * InputError.
 */
export function readPeer(written: string): PeerChoice {
  const [, bracketed, prefix = '', port] = /^\[([^\]]*)\](\/\d+)?(?::(.*))?$/.exec(written) ?? []
  if (bracketed !== undefined) return readPeerParts(`${bracketed}${prefix}`, port ?? anyPort)
  const [address = '', ports = anyPort, ...more] = written.split(':')
  return more.length > 0 ? readPeerParts(written, anyPort) : readPeerParts(address, ports)
}

/** Reads the two as separate words. Throws an InputError. */
export function readPeerParts(address: string, ports: string): PeerChoice {
  if (!isAddressRange(address)) {
    throw new InputError(`"${address}" is not an address such as 10.0.0.7, 10.0.0.0/8 or 2001:db8::/32`)
  }
  if (!isPortRange(ports)) {
    throw new InputError(`"${ports}" is not a port such as 80, a range such as 80-90, or 0 for any`)
  }
  return { address, ports }
}

function isAddressRange(text: string): boolean {
  const [, address = '', prefix] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined
  if (family === undefined) return false
  return prefix === undefined || Number(prefix) <= (family === 'ipv4' ? 32 : 128)
}

function isPortRange(text: string): boolean {
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? []
  return from !== undefined && Number(from) <= Number(to) && Number(to) <= lastPort
}

/** True for an address that only the machine, or the pod, itself has. */
export function isLoopback(address: string): boolean {
  return loopback.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')
