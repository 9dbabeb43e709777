/** An upgrade of Longhaul while pods are made: two versions of the webhook run at once, and nobody notices. */

import { beforeAll, describe, expect, test } from 'vitest'
import { version } from '../../src/version.ts'
import { startPodLoad } from '../cluster/pod-load.ts'
import { inject } from '../cluster/pods.ts'
import { releaseOn, namespace as system } from '../cluster/release.ts'
import { until } from '../cluster/until.ts'
import { adminOf } from './cluster/cluster.ts'
import { tagImage } from './nodes/node.ts'
import { type Namespace, namespaceOn } from './pods.ts'
import { hasNoCluster, useCluster } from './suite.ts'

const podsPerSecond = 10
const rolloutMs = 180_000
/** Stands for the next release: it is this one under another name, which later files go on with. */
const next = `${version}-next`
const images = ['longhaul', 'longhaul-init'].map(name => `ghcr.io/longhaul-dev/${name}`)

describe('an upgrade', () => {
  const cluster = useCluster()
  let namespace: Namespace
  let longhaul: Namespace

  beforeAll(async () => {
    if (hasNoCluster()) return
    namespace = await namespaceOn(cluster, 'upgrade', inject)
    longhaul = await namespaceOn(cluster, system)
    for (const node of cluster.nodes)
      for (const image of images) await tagImage(node, `${image}:${version}`, `${image}:${next}`)
  })

  const webhookImages = async () =>
    (await longhaul.pods('app.kubernetes.io/name=longhaul')).flatMap(
      ({ spec }) => spec?.containers.map(({ image }) => image) ?? [],
    )

  test('has every pod changed, in the same way, that is made meanwhile', async () => {
    const admin = adminOf(cluster)
    const load = await startPodLoad(admin, namespace.name, podsPerSecond)
    await until('pods are made', () => load.creations().length > podsPerSecond)
    // It would wait, and nothing be made meanwhile, as Helm is called to its end.
    releaseOn({ admin }).upgrade(`{image: {tag: ${next}}, initImage: {tag: ${next}}}`, '--reuse-values')
    await longhaul.available('longhaul')
    const isOver = async () => (await webhookImages()).every(image => image?.endsWith(`:${next}`))
    await until('the old webhooks are gone', isOver, rolloutMs)
    await load.stop()

    const creations = load.creations()
    expect(creations.filter(({ outcome }) => outcome !== 'mutated')).toEqual([])
    // The volume with the service account's token has a name of its own in each pod.
    const pods = creations.map(({ pod }) => JSON.stringify(pod?.spec).replaceAll(/-access-\w+/g, '-access'))
    const byVersion = Object.groupBy(pods, each => (each.includes(`:${next}"`) ? 'next' : 'present'))
    // Each made some, and they differ in the init image alone.
    expect(byVersion).toEqual({ next: expect.anything(), present: expect.anything() })
    expect(new Set(pods.map(each => each.replaceAll(`:${next}"`, `:${version}"`))).size).toBe(1)
  })
})
