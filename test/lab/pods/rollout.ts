/** A Deployment's rollout: by default 25 % of three pods may be added, and none may be missing. */

import type { V1Pod } from '@kubernetes/client-node'
import type { Cluster } from './cluster.ts'
import type { Pod } from './pod.ts'

export interface RolledOut {
  pods: readonly Pod[]
  /** Until the last new pod was ready: what `kubectl rollout status` waits for. */
  readySeconds: number
  /** Until the last old pod was gone. */
  goneSeconds: number
}

/** Replaces the pods one by one: each old one is deleted once its successor is ready, and not waited for. */
export async function rollOut(cluster: Cluster, old: readonly Pod[], wanted: V1Pod): Promise<RolledOut> {
  const startMs = performance.now()
  const seconds = () => (performance.now() - startMs) / 1000
  const pods: Pod[] = []
  const deletions: Promise<void>[] = []
  for (const each of old) {
    const successor = await cluster.create(wanted)
    await successor.ready
    pods.push(successor)
    deletions.push(cluster.delete(each))
  }
  const readySeconds = seconds()
  await Promise.all(deletions)
  return { pods, readySeconds, goneSeconds: seconds() }
}
