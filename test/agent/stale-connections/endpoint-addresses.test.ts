import type { V1EndpointSlice } from '@kubernetes/client-node'
import { describe, expect, it } from 'vitest'
import { createEndpointAddresses } from '../../../src/agent/stale-connections/endpoint-addresses.ts'

function slice(
  name: string,
  addresses: readonly string[],
  more: Partial<V1EndpointSlice> = {},
): V1EndpointSlice {
  return {
    metadata: { name, namespace: 'prod', labels: { 'kubernetes.io/service-name': 'chat' } },
    addressType: 'IPv4',
    endpoints: addresses.map(address => ({
      addresses: [address],
      conditions: { ready: false, serving: true, terminating: true },
      nodeName: 'one',
      targetRef: { kind: 'Pod', name: `pod-${address}`, namespace: 'prod', uid: `uid-${address}` },
    })),
    ...more,
  }
}

const gone = (address: string) => ({
  namespace: 'prod',
  service: 'chat',
  address,
  node: 'one',
  pod: { name: `pod-${address}`, namespace: 'prod', uid: `uid-${address}` },
})

describe('an address has left its Service', () => {
  it('when it is in none of its slices any more', () => {
    const addresses = createEndpointAddresses()
    expect(addresses.listed([slice('a', ['10.0.0.1', '10.0.0.2'])])).toEqual([])
    expect(addresses.changed(slice('a', ['10.0.0.2']))).toEqual([gone('10.0.0.1')])
    expect(addresses.changed(slice('a', ['10.0.0.2']))).toEqual([])
    expect(addresses.removed(slice('a', ['10.0.0.2']))).toEqual([gone('10.0.0.2')])
    expect(addresses.count()).toBe(0)
  })

  it('not when it has moved to another slice', () => {
    const addresses = createEndpointAddresses()
    addresses.listed([slice('a', ['10.0.0.1'])])
    expect(addresses.changed(slice('b', ['10.0.0.1']))).toEqual([])
    expect(addresses.changed(slice('a', []))).toEqual([])
    expect(addresses.removed(slice('b', ['10.0.0.1']))).toEqual([gone('10.0.0.1')])
  })

  it('when a list after a gap has it no more, once', () => {
    const addresses = createEndpointAddresses()
    addresses.listed([slice('a', ['10.0.0.1', '10.0.0.2']), slice('b', ['10.0.0.1'])])
    expect(addresses.listed([slice('a', ['10.0.0.2'])])).toEqual([gone('10.0.0.1')])
    expect(addresses.count()).toBe(1)
  })

  it('though it is in a slice of another Service, whose own connections it has', () => {
    const addresses = createEndpointAddresses()
    const other = {
      metadata: { name: 'c', namespace: 'prod', labels: { 'kubernetes.io/service-name': 'api' } },
    }
    addresses.listed([slice('a', ['10.0.0.1']), slice('c', ['10.0.0.1'], other)])
    expect(addresses.changed(slice('a', []))).toEqual([gone('10.0.0.1')])
  })

  it('not when it is no address, or of no Service', () => {
    const addresses = createEndpointAddresses()
    const named = slice('a', ['db.example.com'], { addressType: 'FQDN' })
    const nobodys = slice('b', ['10.0.0.1'], { metadata: { name: 'b', namespace: 'prod' } })
    addresses.listed([named, nobodys])
    expect(addresses.count()).toBe(0)
    expect(addresses.removed(named)).toEqual([])
  })
})
