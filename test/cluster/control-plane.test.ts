import {
  AdmissionregistrationV1Api,
  AppsV1Api,
  CoreV1Api,
  RbacAuthorizationV1Api,
  type V1PodSpec,
  VersionApi,
} from '@kubernetes/client-node'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { defaultConfig } from '../../src/policy/config.ts'
import { parseKubernetesVersion } from '../../src/policy/kubernetes-version.ts'
import { ca, startWebhook } from '../admission/webhook.ts'
import { missingForControlPlane } from './binaries.ts'
import { type ControlPlane, startControlPlane } from './control-plane.ts'

const missing = missingForControlPlane()
const startTimeoutMs = 120_000
const spec: V1PodSpec = { containers: [{ name: 'app', image: 'example.com/app' }] }
const pod = { metadata: { name: 'one' }, spec }

describe('the control plane', () => {
  let controlPlane: ControlPlane
  let core: CoreV1Api

  beforeAll(async () => {
    if (missing !== undefined) return
    controlPlane = await startControlPlane()
    core = controlPlane.admin.config.makeApiClient(CoreV1Api)
  }, startTimeoutMs)

  afterAll(() => controlPlane?.[Symbol.asyncDispose](), startTimeoutMs)

  beforeEach(context => {
    if (missing !== undefined) context.skip(missing)
  })

  /** With its default service account, without which no pod can be made. */
  async function createNamespace(name: string, labels: Record<string, string> = {}): Promise<void> {
    await core.createNamespace({ body: { metadata: { name, labels } } })
    await expect
      .poll(
        () => core.readNamespacedServiceAccount({ namespace: name, name: 'default' }).catch(() => undefined),
        {
          timeout: 10_000,
        },
      )
      .toBeDefined()
  }

  test('makes the ReplicaSet and the pods of a Deployment', async () => {
    const apps = controlPlane.admin.config.makeApiClient(AppsV1Api)
    const labels = { app: 'web' }
    await createNamespace('web')
    await apps.createNamespacedDeployment({
      namespace: 'web',
      body: {
        metadata: { name: 'web' },
        spec: {
          replicas: 2,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec },
        },
      },
    })
    const owners = async (): Promise<string[]> => {
      const { items } = await core.listNamespacedPod({ namespace: 'web' })
      return items.flatMap(item => item.metadata?.ownerReferences ?? []).map(owner => owner.kind)
    }
    await expect.poll(owners, { timeout: 20_000 }).toEqual(['ReplicaSet', 'ReplicaSet'])
    const { items } = await core.listNamespacedPod({ namespace: 'web' })
    expect(items.map(item => item.status?.phase)).toEqual(['Pending', 'Pending'])
  })

  test('refuses what PodSecurity forbids', async () => {
    await createNamespace('restricted', { 'pod-security.kubernetes.io/enforce': 'restricted' })
    await expect(core.createNamespacedPod({ namespace: 'restricted', body: pod })).rejects.toMatchObject({
      code: 403,
      body: expect.stringContaining('violates PodSecurity'),
    })
  })

  test('lets a service account do what a role allows, and nothing else', async () => {
    await createNamespace('plain')
    const account = await controlPlane.serviceAccount('plain', 'default')
    const asAccount = account.config.makeApiClient(CoreV1Api)
    const list = () => asAccount.listNamespacedPod({ namespace: 'plain' })
    await expect(list()).rejects.toMatchObject({
      code: 403,
      body: expect.stringContaining('system:serviceaccount:plain:default'),
    })
    await controlPlane.admin.config.makeApiClient(RbacAuthorizationV1Api).createNamespacedRoleBinding({
      namespace: 'plain',
      body: {
        metadata: { name: 'view' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
        subjects: [{ kind: 'ServiceAccount', namespace: 'plain', name: 'default' }],
      },
    })
    await expect.poll(list, { timeout: 10_000 }).toMatchObject({ items: [] })
    const create = asAccount.createNamespacedPod({ namespace: 'plain', body: pod })
    await expect(create).rejects.toMatchObject({ code: 403 })
  })

  test('calls the webhook of a Service', async () => {
    await createNamespace('longhaul-system')
    await createNamespace('long', { 'longhaul.dev/inject': 'true' })
    const { gitVersion } = await controlPlane.admin.config.makeApiClient(VersionApi).getCode()
    const kubernetesVersion = parseKubernetesVersion(gitVersion) ?? expect.fail(gitVersion)
    const webhook = await startWebhook({
      config: () => ({ ...defaultConfig, kubernetesVersion }),
      namespaceLabels: () => ({ 'longhaul.dev/inject': 'true' }),
    })
    onTestFinished(() => webhook.close())
    const service = { namespace: 'longhaul-system', name: 'longhaul' }
    const { spec: created } = await core.createNamespacedService({
      namespace: service.namespace,
      body: { metadata: { name: service.name }, spec: { ports: [{ port: 443 }] } },
    })
    controlPlane.services.route(`${created?.clusterIP}:443`, [webhook.port])
    const admission = controlPlane.admin.config.makeApiClient(AdmissionregistrationV1Api)
    await admission.createMutatingWebhookConfiguration({
      body: {
        metadata: { name: 'longhaul' },
        webhooks: [
          {
            name: 'pods.longhaul.dev',
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
            failurePolicy: 'Fail',
            clientConfig: {
              service: { ...service, path: '/mutate' },
              caBundle: Buffer.from(ca).toString('base64'),
            },
            rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
            namespaceSelector: { matchLabels: { 'longhaul.dev/inject': 'true' } },
          },
        ],
      },
    })
    // The API server learns of the webhook a moment later.
    const create = () => core.createNamespacedPod({ namespace: 'long', body: pod, dryRun: 'All' })
    const annotations = async () => (await create()).metadata?.annotations
    await expect.poll(annotations, { timeout: 10_000 }).toHaveProperty(['longhaul.dev/status'])
  })

  test('keeps its objects when the API server is restarted', async () => {
    await createNamespace('kept')
    await controlPlane.restartApiServer()
    await expect(core.readNamespace({ name: 'kept' })).resolves.toMatchObject({ metadata: { name: 'kept' } })
  }, 120_000)
})
