/** `longhaul preview --live` says of a Deployment what its pods turn out to be. */

import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { runHere } from '../cli/longhaul.ts'
import { inject } from '../cluster/pods.ts'
import { namespaceOn, serverOf } from './pods.ts'
import { useCluster } from './suite.ts'

const annotations = { 'longhaul.dev/profile': 'websocket', 'longhaul.dev/post-start-sleep': '1s' }

describe('preview --live', () => {
  const cluster = useCluster()

  test('says what comes, and what has come', async () => {
    const namespace = await namespaceOn(cluster, 'previewed', inject)
    const objects = serverOf('chat', 'sessions', { replicas: 2, annotations })
    const call = [
      'preview',
      '--live',
      `--kubeconfig=${cluster.kubeconfig}`,
      '-n',
      namespace.name,
      '-o',
      'json',
    ]
    const stdin = objects.map(each => stringify(each)).join('---\n')
    const planned = JSON.parse((await runHere([...call, '-f', '-'], { stdin })).stdout)
    await namespace.apply(...objects)
    await namespace.available('chat')
    const found = JSON.parse((await runHere([...call, 'deploy/chat'])).stdout)
    expect(planned[0].live).toMatchObject({ longhaul: true, admitted: true, differences: [], warnings: [] })
    expect(found[0].live).toMatchObject({ longhaul: true, admitted: true, differences: [], warnings: [] })

    const pods = await namespace.pods('app=chat')
    expect(pods).toHaveLength(2)
    for (const { metadata, spec } of pods) {
      for (const [{ pod }] of [planned, found]) {
        expect(metadata?.annotations?.['longhaul.dev/status']).toBe(
          pod.metadata.annotations['longhaul.dev/status'],
        )
        expect(spec?.terminationGracePeriodSeconds).toBe(pod.spec.terminationGracePeriodSeconds)
        expect(spec?.containers[0]?.env).toEqual(pod.spec.containers[0].env)
        expect(spec?.containers[0]?.lifecycle).toEqual(pod.spec.containers[0].lifecycle)
      }
    }
  })
})
