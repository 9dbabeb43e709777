/** `longhaul connections` and `hangup` against a real API server: rights, and what can't be found or asked. */

import { CoreV1Api, KubeConfig, RbacAuthorizationV1Api, type V1PolicyRule } from '@kubernetes/client-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { folderWith, longhaul, type Result, runHere } from '../cli/longhaul.ts'
import { missingForControlPlane } from './binaries.ts'
import { findFreePort } from './free-port.ts'
import type { Identity } from './identity.ts'
import { kubectl } from './kubectl.ts'
import { createNamespace } from './pods.ts'
import { useControlPlane } from './suite.ts'
import { until } from './until.ts'
import { everyKind } from './workloads.ts'

const namespace = 'fleet'

/** What the README says that it takes. */
const rights: V1PolicyRule[] = [
  { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
  { apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'] },
  { apiGroups: ['apps'], resources: ['deployments', 'replicasets'], verbs: ['get'] },
]

const calls = [
  ['connections', []],
  ['hangup', ['10.0.0.7', '6379', '--yes']],
] as const

describe.each(calls)('%s', (command, rest) => {
  const controlPlane = useControlPlane()
  let core: CoreV1Api

  beforeAll(async () => {
    if (missingForControlPlane('kubectl') !== undefined) return
    core = controlPlane().admin.config.makeApiClient(CoreV1Api)
    await createNamespace(controlPlane(), namespace)
    await kubectl(controlPlane().admin, ['apply', '-n', namespace, '-f', '-'], everyKind({}))
    const filesMount = { name: 'longhaul', mountPath: '/opt/longhaul' }
    await runPod('with-files', [filesMount])
    await runPod('without-files', [])
    await until('the Deployment has a pod', async () => {
      const { items } = await core.listNamespacedPod({ namespace, labelSelector: 'pod-template-hash' })
      return items.length > 0
    })
  }, 120_000)

  /** There is no kubelet: the pod runs by its word only. */
  async function runPod(name: string, volumeMounts: { name: string; mountPath: string }[]): Promise<void> {
    const containers = [{ name: 'app', image: 'example.com/app', volumeMounts }]
    const volumes = [{ name: 'longhaul', emptyDir: {} }]
    const metadata = { name, labels: { runs: 'yes' } }
    await core.createNamespacedPod({ namespace, body: { metadata, spec: { containers, volumes } } })
    const state = { running: { startedAt: '2026-01-01T00:00:00Z' } }
    const status = { name: 'app', image: '', imageID: '', ready: true, restartCount: 0, state }
    const value = { phase: 'Running', containerStatuses: [status] }
    const body = [{ op: 'add', path: '/status', value }]
    await core.patchNamespacedPodStatus({ namespace, name, body })
  }

  const run = (identity: Identity, ...targets: string[]): Promise<Result> =>
    runHere([command, '-n', namespace, ...targets, ...rest, '--kubeconfig', identity.file], { stdin: '' })
  const runAsAdmin = (...targets: string[]) => run(controlPlane().admin, ...targets)

  /** Someone with some of the rights. */
  async function accountWith(name: string, rules: V1PolicyRule[]): Promise<Identity> {
    const rbac = controlPlane().admin.config.makeApiClient(RbacAuthorizationV1Api)
    const metadata = { name }
    await core.createNamespacedServiceAccount({ namespace, body: { metadata } })
    await rbac.createNamespacedRole({ namespace, body: { metadata, rules } })
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name }
    const subjects = [{ kind: 'ServiceAccount', namespace, name }]
    await rbac.createNamespacedRoleBinding({ namespace, body: { metadata, roleRef, subjects } })
    const account = await controlPlane().serviceAccount(namespace, name)
    const pods = account.config.makeApiClient(CoreV1Api)
    await until('the account may list pods', () =>
      pods.listNamespacedPod({ namespace }).then(
        () => true,
        () => false,
      ),
    )
    return account
  }

  it('says which workload, or namespace, is not there', async () => {
    expect(await runAsAdmin('deploy/none', 'sts/none')).toEqual({
      status: 1,
      stdout: '',
      stderr:
        `longhaul: Deployment none can't be read from namespace ${namespace}: deployments.apps "none" not found\n` +
        `longhaul: StatefulSet none can't be read from namespace ${namespace}: statefulsets.apps "none" not found\n`,
    })
    expect(await runAsAdmin('deploy/web', '-n', 'nowhere')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'longhaul: namespace nowhere is not in the cluster\n',
    })
    expect(await runAsAdmin('-l', 'app=none')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'longhaul: there are, with these labels, no pods that run\n',
    })
  })

  it('notes pods that do not run', async () => {
    const { status, stderr } = await runAsAdmin('deploy/web')
    expect(status).toBe(0)
    expect(stderr).toMatch(/^note: pod web-\S+ in namespace fleet: it does not run \(Pending\)\n$/)
  })

  it('fails for pods without the files, and tells what to do', async () => {
    expect(await runAsAdmin('pod/without-files')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^longhaul: pod without-files in namespace fleet: it has no files of Longhaul: add /,
      ),
    })
  })

  it('takes no more rights than are documented', async () => {
    const account = await accountWith(`all-${command}`, rights)
    expect(await run(account, 'deploy/web')).toMatchObject({ status: 0 })
    const { status, stderr } = await run(account, 'pod/with-files')
    expect([status, stderr]).toEqual([
      1,
      'longhaul: pod with-files, container app in namespace fleet: pod with-files does not have a host assigned\n',
    ])
  })

  it('does the same as a process', async () => {
    const { file } = controlPlane().admin
    const args = [command, 'pod/with-files', ...rest, '-n', namespace, '--kubeconfig', file]
    expect(await longhaul(args)).toEqual(await runAsAdmin('pod/with-files'))
  })

  it('says which rights are missing', async () => {
    const reader = await accountWith(`reader-${command}`, rights.slice(0, 1))
    const owner = await run(reader, 'deploy/web')
    expect(owner).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('cannot get resource "deployments"'),
    })
    const { status, stderr } = await run(reader, '-l', 'runs=yes')
    expect(status).toBe(1)
    expect(stderr).toContain(
      'longhaul: pod with-files, container app in namespace fleet: needs the rights get and create on pods/exec in namespace fleet: ',
    )
    expect(stderr).toContain('longhaul: pod without-files in namespace fleet: it has no files')
  })

  it('says that there is no cluster', async () => {
    const config = new KubeConfig()
    const server = `https://127.0.0.1:${await findFreePort()}`
    config.loadFromClusterAndUser({ name: 'none', server, skipTLSVerify: false }, { name: 'none' })
    const folder = await folderWith({ kubeconfig: config.exportConfig() })
    const { status, stderr } = await runHere(
      [command, 'deploy/web', ...rest, '--kubeconfig', `${folder}/kubeconfig`],
      { stdin: '' },
    )
    expect(status).toBe(1)
    expect(stderr).toMatch(/^longhaul: the API server https:\/\/127\.0\.0\.1:\d+ can't be reached: .*\n$/)
  })
})
