import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { AdmissionregistrationV1Api, AppsV1Api, CoreV1Api } from '@kubernetes/client-node'
import { beforeAll, describe, expect, test } from 'vitest'
import { manifestsFile } from '../../charts/manifests.ts'
import { missingForControlPlane } from './binaries.ts'
import { kubectl } from './kubectl.ts'
import { namespace, release, releaseOn } from './release.ts'
import { startReplica } from './replica.ts'
import { useControlPlane } from './suite.ts'

const missing = missingForControlPlane('kubectl', 'helm')
const startTimeoutMs = 120_000
const labels = { 'longhaul.dev/inject': 'true' }
const pod = { metadata: { name: 'one' }, spec: { containers: [{ name: 'app', image: 'example.com/app' }] } }

interface FilledIn {
  data: Record<string, string> | undefined
  caBundles: (string | undefined)[]
}

describe('a release of the chart', () => {
  const controlPlane = useControlPlane()
  let core: CoreV1Api
  let apps: AppsV1Api
  let admission: AdmissionregistrationV1Api

  beforeAll(async () => {
    if (missing !== undefined) return
    const { config } = controlPlane().admin
    core = config.makeApiClient(CoreV1Api)
    apps = config.makeApiClient(AppsV1Api)
    admission = config.makeApiClient(AdmissionregistrationV1Api)
    await core.createNamespace({ body: { metadata: { name: 'labelled', labels } } })
  }, startTimeoutMs)

  /** Has the webhook do what it does at its start; gives what it wrote. */
  async function fillIn(): Promise<FilledIn> {
    const replica = await startReplica(controlPlane())
    await replica.end('SIGINT')
    const written = await filledIn()
    expect(Object.keys(written.data ?? {}).sort()).toEqual(['ca.crt', 'ca.key', 'tls.crt', 'tls.key'])
    const bundles = new Set(written.caBundles)
    expect([...bundles]).toEqual([written.data?.['ca.crt']])
    return written
  }

  async function filledIn(): Promise<FilledIn> {
    const { webhooks: mutating = [] } = await admission.readMutatingWebhookConfiguration({ name: release })
    const { webhooks: validating = [] } = await admission.readValidatingWebhookConfiguration({
      name: release,
    })
    const { data } = await core.readNamespacedSecret({ namespace, name: 'longhaul-tls' })
    return { data, caBundles: [...mutating, ...validating].map(({ clientConfig }) => clientConfig.caBundle) }
  }

  const createPod = () => core.createNamespacedPod({ namespace: 'labelled', body: pod, dryRun: 'All' })

  async function startHash(): Promise<unknown> {
    const { spec } = await apps.readNamespacedDeployment({ namespace, name: release })
    return spec?.template.metadata?.annotations?.['checksum/start-config']
  }

  /** The names of all objects that are the release's, by their labels. */
  async function objects(): Promise<string[]> {
    const kinds = 'all,configmaps,secrets,serviceaccounts,roles,rolebindings,clusterroles,clusterrolebindings'
    const more = 'poddisruptionbudgets,mutatingwebhookconfigurations,validatingwebhookconfigurations'
    const selector = `--selector=app.kubernetes.io/instance=${release}`
    const args = ['get', `${kinds},${more}`, selector, '--all-namespaces', '--output=name']
    return (await kubectl(controlPlane().admin, args)).stdout.split('\n').filter(Boolean)
  }

  test('keeps through upgrades what the webhook wrote', async () => {
    const { upgrade } = releaseOn(controlPlane())
    upgrade()
    const all = await fillIn()
    const before = await startHash()

    upgrade('{replicas: 3, webhook: {failurePolicy: Fail}, config: {defaults: {keepalive-idle: 30s}}}')
    expect(await filledIn()).toEqual(all)
    const { data } = await core.readNamespacedConfigMap({ namespace, name: release })
    expect(data?.['config.yaml']).toContain('keepalive-idle: 30s')
    // What the webhook reads while it runs restarts nothing.
    expect(await startHash()).toBe(before)

    upgrade('{webhook: {failurePolicy: Fail}, certs: {leafLifetime: 720h}}')
    expect(await filledIn()).toEqual(all)
    expect(await startHash()).not.toBe(before)

    // As Helm 3 does it.
    upgrade('{webhook: {failurePolicy: Fail}, replicas: 1}', '--server-side=false')
    expect(await filledIn()).toEqual(all)
  })

  test('with failurePolicy Fail refuses pods without a webhook, but not its own', async () => {
    const account = () =>
      core.readNamespacedServiceAccount({ namespace: 'labelled', name: 'default' }).catch(() => undefined)
    await expect.poll(account, { timeout: 10_000 }).toBeDefined()
    // The API server learns of the policy a moment later.
    const answer = () =>
      createPod().then(
        () => 'created',
        error => `${error.code} ${error.body}`,
      )
    await expect
      .poll(answer, { timeout: 10_000 })
      .toMatch(/^500 .*failed calling webhook \\"namespaces\.longhaul\.dev\\"/s)
    const own = await core.createNamespacedPod({ namespace, body: pod, dryRun: 'All' })
    expect(own.metadata?.name).toBe('one')
  })

  test('leaves nothing behind, and pods are made as before', async () => {
    expect(await objects()).not.toEqual([])
    // It runs on for as long as its pod takes to end, and would put back a Secret that only it misses.
    const replica = await startReplica(controlPlane())
    releaseOn(controlPlane()).uninstall()
    await expect.poll(objects, { timeout: 20_000 }).toEqual([])
    const isToldSo = () => replica.log().some(({ action }) => action === 'reconcile')
    await expect.poll(isToldSo, { timeout: 20_000 }).toBe(true)
    await delay(3000)
    await replica.end('SIGINT')
    expect((await core.listNamespacedSecret({ namespace })).items).toEqual([])
    await expect(createPod()).resolves.toMatchObject({ metadata: { name: 'one' } })
  }, 90_000)

  test('is the same by kubectl apply, again and again, and kubectl delete', async () => {
    const file = `--filename=${fileURLToPath(manifestsFile)}`
    const apply = () => kubectl(controlPlane().admin, ['apply', file])
    // The namespace was Helm's to make.
    expect((await apply()).status).toBe(0)
    const all = await fillIn()
    expect(await apply()).toMatchObject({ status: 0, stderr: '' })
    expect(await filledIn()).toEqual(all)

    expect(await kubectl(controlPlane().admin, ['delete', file])).toMatchObject({ status: 0, stderr: '' })
    expect(await objects()).toEqual([])
    await expect(createPod()).resolves.toMatchObject({ metadata: { name: 'one' } })
  }, 90_000)
})
