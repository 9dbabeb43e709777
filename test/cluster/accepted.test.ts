/**
 * A pod that the API server accepts is accepted with Longhaul's changes too: the golden cases, and pods that are made
 * up. No webhook is installed; both pods are tried.
 */

import type { V1Pod } from '@kubernetes/client-node'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { decide } from '../../src/mutation/decide.ts'
import { type Config, defaultConfig } from '../../src/policy/config.ts'
import { isAtLeast, type KubernetesVersion } from '../../src/policy/kubernetes-version.ts'
import { type GoldenCase, goldenCases } from '../mutation/golden.ts'
import { littleRoomBytes, namespaceLabels, plausiblePods, withRoom } from '../mutation/pods.ts'
import { missingForControlPlane } from './binaries.ts'
import { createNamespace } from './pods.ts'
import { createPoster, type Poster } from './poster.ts'
import { useControlPlane } from './suite.ts'
import { until } from './until.ts'
import { versionOf } from './version.ts'

const missing = missingForControlPlane('kubectl', 'helm')
const path = '/api/v1/namespaces/trial/pods?dryRun=All'

describe('what the API server accepts stays accepted', () => {
  const controlPlane = useControlPlane()
  let poster: Poster
  let version: KubernetesVersion

  beforeAll(async () => {
    if (missing !== undefined) return
    const { admin } = controlPlane()
    await createNamespace(controlPlane(), 'trial')
    poster = await createPoster(admin)
    version = await versionOf(controlPlane())
    await until('pods can be made', async () => (await refusal(plain)) === undefined)
    return () => poster.close()
  }, 120_000)

  /** Why the pod can't be created; undefined where it can. */
  async function refusal({ metadata, ...rest }: V1Pod): Promise<string | undefined> {
    const name = metadata?.name ?? 'trial'
    const { status, answer } = await poster.post(path, { ...rest, metadata: { ...metadata, name } })
    return status === 201 ? undefined : answer
  }

  /** Whether it was accepted before, so that it had to be afterwards. */
  async function check(pod: V1Pod, labels: Record<string, string>, config: Config): Promise<boolean> {
    if ((await refusal(pod)) !== undefined) return false
    const { mutation } = decide(pod, { name: 'default', labels }, config)
    expect({ refused: await refusal(mutation.pod) }).toEqual({ refused: undefined })
    return true
  }

  /** That of the case, but for versions that this API server is older than. */
  function configOf({ config }: GoldenCase): Config {
    return isAtLeast(version, config.kubernetesVersion.minor)
      ? config
      : { ...config, kubernetesVersion: version }
  }

  test('golden cases', { timeout: 60_000 }, async () => {
    const accepted: string[] = []
    for (const each of goldenCases()) {
      if (await check(each.pod, each.namespace.labels, configOf(each))) accepted.push(each.name)
    }
    expect(accepted.length).toBeGreaterThan(60)
    expect(accepted).toEqual(
      expect.arrayContaining(['post-start-too-long', 'pre-stop-too-long', 'pod-level-resources']),
    )
  })

  test('pods with annotations around the limit', { timeout: 120_000 }, async () => {
    const config = { ...defaultConfig, kubernetesVersion: version }
    const labels = { 'longhaul.dev/inject': 'true' }
    for (const roomBytes of [0, 100, 250, 5000]) {
      expect([roomBytes, await check(withRoom(plain, roomBytes), labels, config)]).toEqual([roomBytes, true])
    }
    let accepted = 0
    const property = fc.asyncProperty(plausiblePods, littleRoomBytes, async (pod, roomBytes) => {
      if (await check(withRoom(pod, roomBytes), labels, config)) accepted++
    })
    await fc.assert(property, { numRuns: 200 })
    expect(accepted).toBeGreaterThan(5)
  })

  test('pods that are made up', { timeout: 120_000 }, async () => {
    const config: Config = { ...defaultConfig, preload: { carrier: 'both' }, kubernetesVersion: version }
    let accepted = 0
    const property = fc.asyncProperty(plausiblePods, namespaceLabels, async (pod, labels) => {
      if (await check(pod, labels, config)) accepted++
    })
    await fc.assert(property, { numRuns: 2000 })
    expect(accepted).toBeGreaterThan(100)
  })
})

const plain: V1Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'plain' },
  spec: { containers: [{ name: 'app', image: 'example.com/app' }] },
}
