import type { V1Pod } from '@kubernetes/client-node'
import { expect, it, onTestFinished } from 'vitest'
import { KeepaliveError } from '../../src/agent/keepalive/node-keepalive.ts'
import { createPodKeepalive } from '../../src/agent/keepalive/pod-keepalive.ts'

const pod: V1Pod = { metadata: { name: 'one', namespace: 'some', uid: 'uid' }, status: { phase: 'Running' } }

/** A node with that pod, its kernel and its policy, both of which the test changes. */
function setUp() {
  const stopping = new AbortController()
  onTestFinished(() => stopping.abort())
  const calls: string[] = []
  const said: string[] = []
  const world: { wanted: string | Error | undefined; isBroken: boolean; asked: number } = {
    wanted: undefined,
    isBroken: false,
    asked: 0,
  }
  const call = (text: string) => {
    if (world.isBroken) throw new KeepaliveError('other', 'broken')
    calls.push(text)
  }
  const pods = createPodKeepalive({
    async wanted() {
      world.asked += 1
      if (world.wanted instanceof Error) throw world.wanted
      return world.wanted
    },
    findCgroups: async () => new Map([['uid', '/cgroup']]),
    keepalive: {
      async attach(cgroup, settings) {
        call(`attach ${cgroup} ${settings}`)
        return []
      },
      detach: async cgroup => call(`detach ${cgroup}`),
    },
    done: (_, settings) => void said.push(`done ${settings}`),
    failed: (_, reason, message) => void said.push(`failed ${reason} ${message}`),
    stop: stopping.signal,
  })
  const becomes = (change: Partial<typeof world>) => {
    Object.assign(world, change)
    pods.reconsider()
  }
  return { pods, world, calls, said, becomes }
}

it('leaves a pod as it is until it is told what is wanted, as after a restart with the API server away', async () => {
  const { pods, world, calls, becomes } = setUp()
  world.wanted = new Error('the API server is away')
  pods.listed([pod])
  await expect.poll(() => world.asked).toBe(1)
  becomes({ wanted: 'idle=60' })
  await expect.poll(() => calls).toEqual(['attach /cgroup idle=60'])
})

it('says once what failed, and counts it for as long as it is wanted', async () => {
  const { pods, calls, said, becomes } = setUp()
  pods.listed([pod])
  await expect.poll(() => calls).toEqual(['detach /cgroup'])
  becomes({ wanted: 'idle=60', isBroken: true })
  await expect.poll(() => said).toEqual(['failed other broken'])
  expect(pods.counts()).toEqual({ attached: 0, waiting: 0, failed: 1 })
  becomes({ wanted: undefined })
  await expect.poll(() => pods.counts()).toEqual({ attached: 0, waiting: 0, failed: 0 })
  becomes({ wanted: 'idle=30', isBroken: false })
  await expect.poll(() => said).toEqual(['failed other broken', 'done idle=30'])
  expect(pods.counts()).toEqual({ attached: 1, waiting: 0, failed: 0 })
})
