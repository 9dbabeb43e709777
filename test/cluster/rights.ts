/** Rights that the webhook's service account loses for a while. */

import { type KubernetesObject, KubernetesObjectApi } from '@kubernetes/client-node'
import { onTestFinished } from 'vitest'
import type { ControlPlane } from './control-plane.ts'
import { kubectl } from './kubectl.ts'
import { namespace, release } from './release.ts'
import { until } from './until.ts'

export type Binding = 'RoleBinding' | 'ClusterRoleBinding'

/** What an account without that binding can't do, as `kubectl auth can-i` takes it. */
const rights: Readonly<Record<Binding, readonly string[]>> = {
  RoleBinding: ['get', 'secrets/longhaul-tls'],
  ClusterRoleBinding: ['list', 'namespaces'],
}

/**
 * Takes one of the chart's bindings away. Gives what puts it back, which the end of the test does too; both wait until
 * it has had its effect.
 */
export async function unbind(controlPlane: ControlPlane, kind: Binding): Promise<() => Promise<void>> {
  const { admin } = controlPlane
  const objects = admin.config.makeApiClient(KubernetesObjectApi)
  const key = { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name: release, namespace } }
  const { metadata, ...rest } = (await objects.read(key)) as KubernetesObject
  const untilRightIs = (wanted: 'yes' | 'no') =>
    until(`the account's right through the ${kind}: ${wanted}`, async () => {
      const account = `--as=system:serviceaccount:${namespace}:${release}`
      const args = ['auth', 'can-i', ...rights[kind], account, `--namespace=${namespace}`]
      return (await kubectl(admin, args)).stdout.trim() === wanted
    })
  await objects.delete(key)
  await untilRightIs('no')
  let isBack = false
  const bind = async () => {
    if (isBack) return
    isBack = true
    const { labels = {}, annotations = {} } = metadata ?? {}
    await objects.create({ ...rest, metadata: { ...key.metadata, labels, annotations } })
    await untilRightIs('yes')
  }
  onTestFinished(bind)
  return bind
}
