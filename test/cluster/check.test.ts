/** `longhaul check --live` against a real API server. */

import { RbacAuthorizationV1Api } from '@kubernetes/client-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { graceBelowPreStop } from '../../src/check/rules/lh001-grace-below-prestop.ts'
import { publishNotReady } from '../../src/check/rules/lh009-publish-not-ready.ts'
import { type Result, runHere } from '../cli/longhaul.ts'
import { missingForControlPlane } from './binaries.ts'
import type { Identity } from './identity.ts'
import { kubectl } from './kubectl.ts'
import { createNamespace } from './pods.ts'
import { useControlPlane } from './suite.ts'

const namespace = 'checked'

describe('check --live', () => {
  const controlPlane = useControlPlane()

  beforeAll(async () => {
    if (missingForControlPlane('kubectl') !== undefined) return
    await createNamespace(controlPlane(), namespace)
    const manifests = `${graceBelowPreStop.examples.bad}---\n${publishNotReady.examples.bad}`
    const apply = await kubectl(controlPlane().admin, ['apply', '-n', namespace, '-f', '-'], manifests)
    expect(apply).toMatchObject({ status: 0 })
  }, 120_000)

  function live({ file }: Identity, ...args: string[]): Promise<Result> {
    return runHere(['check', '--live', '-n', namespace, '--kubeconfig', file, ...args])
  }

  it('finds in the objects of the cluster what it finds in their manifests', async () => {
    const { status, stdout } = await live(controlPlane().admin, '-o', 'json')
    expect(status).toBe(1)
    const found = JSON.parse(stdout).map(({ rule, file }: Record<string, string>) => `${rule} ${file}`)
    expect(found).toEqual(expect.arrayContaining(['LH001 deployment/chat', 'LH009 service/chat']))
  })

  it('shows the lines of the objects', async () => {
    const { stdout } = await live(controlPlane().admin)
    expect(stdout).toMatch(/> +\d+ \| {3}publishNotReadyAddresses: true\n/)
    expect(stdout).not.toMatch(/managedFields|last-applied/)
  })

  it('says what may not be read, and checks the rest', async () => {
    await kubectl(controlPlane().admin, ['create', 'serviceaccount', 'reader', '-n', namespace])
    const identity = await controlPlane().serviceAccount(namespace, 'reader')
    const rbac = controlPlane().admin.config.makeApiClient(RbacAuthorizationV1Api)
    const metadata = { name: 'reader' }
    const rules = [{ apiGroups: [''], resources: ['services'], verbs: ['list'] }]
    await rbac.createNamespacedRole({ namespace, body: { metadata, rules } })
    const subjects = [{ kind: 'ServiceAccount', name: 'reader', namespace }]
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' }
    await rbac.createNamespacedRoleBinding({ namespace, body: { metadata, roleRef, subjects } })
    const { stdout, stderr } = await live(identity, '-o', 'json')
    expect(JSON.parse(stdout).map(({ rule }: { rule: string }) => rule)).toEqual(['LH009'])
    expect(stderr).toContain(
      "note: the deployments can't be read, and are not checked: deployments.apps is forbidden",
    )
  })

  it('of a namespace that is not there fails', async () => {
    const { status, stderr } = await live(controlPlane().admin, '-n', 'missing')
    expect([status, stderr]).toEqual([1, expect.stringContaining('namespace missing is not in the cluster')])
  })
})
