import type { V1Pod } from '@kubernetes/client-node'
import { expect, it, onTestFinished } from 'vitest'
import { createPodKeepalive } from '../../src/agent/keepalive/pod-keepalive.ts'

const pod: V1Pod = { metadata: { name: 'one', namespace: 'some', uid: 'uid' }, status: { phase: 'Running' } }

it('leaves a pod as it is until it is told what is wanted, as after a restart with the API server away', async () => {
  const stopping = new AbortController()
  onTestFinished(() => stopping.abort())
  const calls: string[] = []
  const called = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  let isAway = true
  const pods = createPodKeepalive({
    async wanted() {
      if (!isAway) return 'idle=60'
      asked.resolve()
      throw new Error('the API server is away')
    },
    findCgroups: async () => new Map([['uid', '/cgroup']]),
    keepalive: {
      async attach(cgroup, settings) {
        calls.push(`attach ${cgroup} ${settings}`)
        return []
      },
      async detach(cgroup) {
        calls.push(`detach ${cgroup}`)
      },
    },
    done: () => called.resolve(),
    failed: (_, __, message) => called.reject(new Error(message)),
    stop: stopping.signal,
  })
  pods.listed([pod])
  await asked.promise
  isAway = false
  pods.reconsider()
  await called.promise
  expect(calls).toEqual(['attach /cgroup idle=60'])
})
