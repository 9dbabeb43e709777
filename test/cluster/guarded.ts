/** Namespaces with the guard against forced deletion, and pods in them, which are on a node but run nowhere. */

import { CoreV1Api, type V1DeleteOptions, type V1Pod } from '@kubernetes/client-node'
import type { Result } from '../cli/longhaul.ts'
import type { ControlPlane } from './control-plane.ts'
import { kubectl } from './kubectl.ts'
import { createNamespace } from './pods.ts'
import { releaseOn } from './release.ts'
import { until } from './until.ts'

/** Namespaces by what they say to the guard. */
export type Guarded = 'deny' | 'warn' | 'nothing'

export const force = ['--force', '--wait=false'] as const

export interface Guard {
  /** Makes a pod that differs from a plain one in this. Gives its name, which its label `pod` has too. */
  create(namespace: Guarded, differing?: Partial<V1Pod>): Promise<string>
  /** Runs kubectl in the namespace. */
  run(namespace: Guarded, ...args: readonly string[]): Promise<Result>
  /** Deletes the pod with these flags of kubectl's. */
  delete(namespace: Guarded, name: string, ...flags: readonly string[]): Promise<Result>
  evict(namespace: Guarded, name: string, deleteOptions?: V1DeleteOptions): Promise<unknown>
  /** Undefined where it is gone. */
  find(namespace: Guarded, name: string): Promise<V1Pod | undefined>
}

/** Installs the chart with the guard, and waits until it judges. */
export async function installGuard(controlPlane: ControlPlane): Promise<Guard> {
  releaseOn(controlPlane).upgrade('guard: {enabled: true}')
  const { admin } = controlPlane
  const core = admin.config.makeApiClient(CoreV1Api)
  // Pods of a node that is not there would be collected.
  await core.createNode({ body: { metadata: { name: 'node-1' } } })
  for (const word of ['deny', 'warn']) {
    await createNamespace(controlPlane, word, { 'longhaul.dev/force-delete': word })
  }
  await createNamespace(controlPlane, 'nothing')
  const guard = guardOn(controlPlane, core)
  for (const namespace of ['deny', 'warn'] as const) {
    const says = async () => (await guard.delete(namespace, await guard.create(namespace), ...force)).stderr
    await until(`the guard judges: ${namespace}`, async () =>
      (await says()).includes(`longhaul-guard-${namespace}`),
    )
  }
  return guard
}

function guardOn({ admin }: ControlPlane, core: CoreV1Api): Guard {
  let count = 0
  const guard: Guard = {
    async create(namespace, { metadata, spec, status } = {}) {
      const name = `pod-${++count}`
      const containers = [{ name: 'app', image: 'example.com/app' }]
      const body = {
        metadata: { labels: { pod: name }, ...metadata, name },
        spec: { nodeName: 'node-1', ...spec, containers },
      }
      await core.createNamespacedPod({ namespace, body })
      const patch = `--patch=${JSON.stringify({ status })}`
      if (status !== undefined)
        await guard.run(namespace, 'patch', 'pod', name, '--subresource=status', patch)
      return name
    },
    run: (namespace, ...args) => kubectl(admin, [`--namespace=${namespace}`, ...args]),
    delete: (namespace, name, ...flags) => guard.run(namespace, 'delete', 'pod', name, ...flags),
    evict: (namespace, name, deleteOptions = {}) =>
      core.createNamespacedPodEviction({ namespace, name, body: { metadata: { name }, deleteOptions } }),
    find: async (namespace, name) =>
      (await core.listNamespacedPod({ namespace })).items.find(({ metadata }) => metadata?.name === name),
  }
  return guard
}

/** What a client throws where the guard refuses. */
export function ignoreForbidden(error: unknown): void {
  if ((error as { code?: number }).code !== 403) throw error
}
