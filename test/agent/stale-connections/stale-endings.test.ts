import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ServiceAddress } from '../../../src/agent/stale-connections/endpoint-addresses.ts'
import type {
  NodeStale,
  StaleCall,
  StaleConnection,
} from '../../../src/agent/stale-connections/node-stale.ts'
import {
  createStaleEndings,
  type StaleEndingsOptions,
} from '../../../src/agent/stale-connections/stale-endings.ts'

const address = (last: number): ServiceAddress => ({
  namespace: 'prod',
  service: 'chat',
  address: `10.0.0.${last}`,
  node: 'one',
  pod: { name: 'chat', namespace: 'prod', uid: 'u' },
})

const connectionTo = (backendAddress: string, outcome: StaleConnection['outcome']): StaleConnection => ({
  outcome,
  clientAddress: '10.1.0.1',
  clientPort: 40_000,
  serviceAddress: '10.96.0.1',
  servicePort: 80,
  backendAddress,
})

/** A node with one connection to each address, which end as they are told to. */
function setUp({ find, ...more }: Partial<StaleEndingsOptions & Pick<NodeStale, 'find'>> = {}) {
  const calls: { address: string; withoutAckMs: number; isGone: boolean }[] = []
  const said: string[] = []
  const end = async ({ address: of, withoutAckMs, isGone: ask }: StaleCall) => {
    const isGone = await ask()
    calls.push({ address: of, withoutAckMs, isGone })
    return isGone ? [connectionTo(of, 'ended')] : []
  }
  const stopping = new AbortController()
  onTestFinished(() => stopping.abort())
  const endings = createStaleEndings({
    stale: { find: find ?? (async addresses => new Set(addresses)), end },
    mayEnd: async () => true,
    isUnreachable: async () => false,
    done: ({ address: of }, connections) =>
      void said.push(`${of} ${connections.map(({ outcome }) => outcome).join()}`),
    failed: ([first], error) => void said.push(`${first?.address} ${(error as Error).message}`),
    stop: stopping.signal,
    ...more,
  })
  return { endings, calls, said }
}

describe('connections to an address that has left its Service', () => {
  it('are ended where it is nobody’s', async () => {
    const { endings, said } = setUp()
    endings([address(1), address(2)])
    await expect.poll(() => said).toEqual(['10.0.0.1 ended', '10.0.0.2 ended'])
  })

  it('are left where a living pod has it: not Ready, another selector, or a new one', async () => {
    const { endings, calls, said } = setUp({ mayEnd: async ({ address: of }) => of === '10.0.0.2' })
    endings([address(1), address(2)])
    await expect.poll(() => said).toEqual(['10.0.0.2 ended'])
    expect(calls.map(({ isGone }) => isGone)).toEqual([false, true])
  })

  it('are asked about only where this node has any', async () => {
    const mayEnd = vi.fn(async () => true)
    const { endings, said } = setUp({ find: async () => new Set(['10.0.0.2']), mayEnd })
    endings([address(1), address(2)])
    await expect.poll(() => said).toEqual(['10.0.0.2 ended'])
    expect(mayEnd).toHaveBeenCalledTimes(1)
  })

  it('are ended of a node that nothing is heard of where their peers are silent only', async () => {
    const { endings, calls, said } = setUp({ isUnreachable: async () => true })
    endings([address(1)])
    await expect.poll(() => said).toEqual(['10.0.0.1 ended'])
    expect(calls).toEqual([
      { address: '10.0.0.1', withoutAckMs: 0, isGone: false },
      { address: '10.0.0.1', withoutAckMs: 10_000, isGone: true },
    ])
  })

  it('are not ended while the API server can not be asked, and are later', async () => {
    let isAway = true
    const { endings, calls, said } = setUp({
      async mayEnd() {
        if (!isAway) return true
        isAway = false
        throw new Error('the API server is away')
      },
    })
    endings([address(1)])
    await expect.poll(() => said).toEqual(['10.0.0.1 the API server is away', '10.0.0.1 ended'])
    expect(calls).toHaveLength(1)
  })
})
