/** What holds a new pod back from Ready, and so from traffic. */

import { CoreV1Api } from '@kubernetes/client-node'
import { beforeAll, describe, expect, test } from 'vitest'
import { inject } from '../cluster/pods.ts'
import { until } from '../cluster/until.ts'
import { adminOf } from './cluster/cluster.ts'
import { type Namespace, namespaceOn, podOf } from './pods.ts'
import { hasNoCluster, useCluster } from './suite.ts'

const startMs = 120_000
const container = { ports: [{ containerPort: 8080 }] }
const serve = 'exec python3 -m http.server 8080 --directory /srv'

describe.concurrent('a new pod', () => {
  const cluster = useCluster()
  let namespace: Namespace

  beforeAll(async () => {
    if (!hasNoCluster()) namespace = await namespaceOn(cluster, 'becoming-ready', inject)
  })

  async function statusOf(name: string) {
    const [pod] = await namespace.pods(`app=${name}`)
    const ready = pod?.status?.conditions?.find(({ type }) => type === 'Ready')
    return { ready, running: pod?.status?.containerStatuses?.[0]?.state?.running }
  }

  test('is Ready only after post-start-sleep', async () => {
    const annotations = { 'longhaul.dev/post-start-sleep': '10s' }
    await namespace.apply(podOf('slow', ['sh', '-c', serve], { annotations, container }))
    await namespace.ready('pod/slow')
    const { ready, running } = await statusOf('slow')
    // Both in whole seconds, the fractions cut off.
    const waitedMs = Number(ready?.lastTransitionTime) - Number(running?.startedAt)
    expect(waitedMs).toBeGreaterThanOrEqual(10_000)
  })

  test.each([
    {
      by: 'tcp',
      annotations: { 'longhaul.dev/readiness': 'tcp' },
      script: `until [ -e /srv/open ]; do sleep 0.1; done; ${serve}`,
      open: '/srv/open',
      failure: /^Readiness probe failed: dial tcp [\d.]+:8080: connect: connection refused$/,
    },
    {
      by: 'http',
      annotations: { 'longhaul.dev/readiness': 'http', 'longhaul.dev/readiness-path': '/open/files' },
      script: serve,
      open: '/srv/open/files',
      failure: /^Readiness probe failed: HTTP probe failed with statuscode: 404$/,
    },
  ])('is Ready once it answers the probe by $by', async ({ by, annotations, script, open, failure }) => {
    await namespace.apply(podOf(by, ['sh', '-c', script], { annotations, container }))
    await until(
      'a probe has failed',
      async () => (await eventsOf(by)).some(each => failure.test(each)),
      startMs,
    )
    const { ready, running } = await statusOf(by)
    expect({ ready: ready?.status, isRunning: running !== undefined }).toEqual({
      ready: 'False',
      isRunning: true,
    })
    await namespace.kubectl('exec', by, '--', 'mkdir', '-p', open)
    await namespace.ready(`pod/${by}`)
  })

  async function eventsOf(name: string): Promise<string[]> {
    const core = adminOf(cluster).config.makeApiClient(CoreV1Api)
    const fieldSelector = `involvedObject.name=${name}`
    const { items } = await core.listNamespacedEvent({ namespace: namespace.name, fieldSelector })
    return items.map(({ message }) => message ?? '')
  }
})
