import { AdmissionregistrationV1Api, CoreV1Api, type V1ObjectMeta, VersionApi } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { stringify } from 'yaml'
import { applyBundlePatch, bundlePatches } from '../../src/cluster/certificates/webhook-configurations.ts'
import { decide } from '../../src/mutation/decide.ts'
import { defaultConfig } from '../../src/policy/config.ts'
import { parseKubernetesVersion } from '../../src/policy/kubernetes-version.ts'
import { ca, startWebhook, type Webhook } from '../admission/webhook.ts'
import { missingForControlPlane } from './binaries.ts'
import { kubectl } from './kubectl.ts'
import { namespace, release, releaseOn } from './release.ts'
import { useControlPlane } from './suite.ts'
import { type Parts, type WorkloadKind, workload, workloadKinds } from './workload.ts'

const missing = missingForControlPlane('kubectl', 'helm')
const startTimeoutMs = 120_000

const namespaces: Readonly<Record<string, Record<string, string>>> = {
  plain: {},
  labelled: { 'longhaul.dev/inject': 'true' },
  refusing: { 'longhaul.dev/inject': 'false' },
  settings: { 'longhaul.dev/profile': 'http' },
  excluded: { 'longhaul.dev/inject': 'true' },
}
const withProfile = { 'longhaul.dev/profile': 'http' }
const spec = { containers: [{ name: 'app', image: 'example.com/app' }] }

/** Fail, so that an expression which ends in an error would refuse the request. */
const values = '{webhook: {failurePolicy: Fail}, config: {excludedNamespaces: [excluded]}}'

describe('the API server asks the webhook', () => {
  const controlPlane = useControlPlane()
  let core: CoreV1Api
  let webhook: Webhook

  beforeAll(async () => {
    if (missing !== undefined) return
    const { config } = controlPlane().admin
    core = config.makeApiClient(CoreV1Api)
    for (const [name, labels] of Object.entries(namespaces)) {
      await core.createNamespace({ body: { metadata: { name, labels } } })
    }
    const { gitVersion } = await config.makeApiClient(VersionApi).getCode()
    const kubernetesVersion = parseKubernetesVersion(gitVersion) ?? expect.fail(gitVersion)
    webhook = await startWebhook({
      config: () => ({ ...defaultConfig, kubernetesVersion }),
      namespaceLabels: name => namespaces[name] ?? {},
    })
    releaseOn(controlPlane()).upgrade(values)
    const { spec: service } = await core.readNamespacedService({ namespace, name: release })
    controlPlane().services.route(`${service?.clusterIP}:443`, [webhook.port])
    const registration = config.makeApiClient(AdmissionregistrationV1Api)
    for (const patch of await bundlePatches(registration, release, [ca])) {
      await applyBundlePatch(registration, release, patch)
    }
    // The API server learns of the webhook a moment later, and of the namespaces' accounts.
    const probe = () => createPod('labelled', {})
    await vi.waitFor(async () => expect(await asks(probe)).toBe(true), { timeout: 20_000, interval: 200 })
  }, startTimeoutMs)

  afterAll(async () => {
    await webhook?.close()
  }, startTimeoutMs)

  /** True where the webhook has logged a request for the object, which is called `one`. */
  async function asks(act: () => Promise<unknown>): Promise<boolean> {
    webhook.logLines.length = 0
    await act()
    return webhook.logLines.some(line => JSON.parse(line).name === 'one')
  }

  async function createPod(where: string, metadata: V1ObjectMeta): Promise<void> {
    const body = { metadata: { ...metadata, name: 'one' }, spec }
    await core.createNamespacedPod({ namespace: where, body, dryRun: 'All' })
  }

  describe('for a pod', () => {
    test.each<[where: string, metadata: V1ObjectMeta, isAsked: boolean]>([
      ['plain', {}, false],
      ['plain', { annotations: { 'example.com/longhaul.dev': 'x' } }, false],
      ['plain', { annotations: { 'longhaul.dev/status': '{}' } }, false],
      ['plain', { annotations: { 'longhaul.dev/force-delete': 'allow' } }, false],
      ['plain', { labels: withProfile }, false],
      ['plain', { annotations: withProfile }, true],
      ['plain', { annotations: { 'longhaul.dev/inject': 'true' } }, true],
      ['plain', { annotations: { 'longhaul.dev/injekt': 'true' } }, true],
      ['labelled', {}, true],
      ['refusing', { annotations: { 'longhaul.dev/inject': 'true' } }, true],
      ['settings', {}, false],
      ['settings', { annotations: withProfile }, true],
      ['excluded', { annotations: withProfile }, false],
      ['kube-system', { annotations: withProfile }, false],
      [namespace, { annotations: withProfile }, false],
    ])('in %s with %j: %s', async (where, metadata, isAsked) => {
      expect(await asks(() => createPod(where, metadata))).toBe(isAsked)
    })

    test('wherever it would change the pod', async () => {
      const keys = ['inject', 'profile', 'keepalive', 'status', 'unknown']
      const texts = ['true', 'false', 'http', 'preload']
      const chosen = keys.flatMap(key => texts.map(text => ({ [`longhaul.dev/${key}`]: text })))
      const pods = ['plain', 'refusing', 'settings'].flatMap(where => {
        return [{}, ...chosen].map(annotations => ({ where, annotations }))
      })
      const changing = pods.filter(({ where, annotations }) => {
        const inNamespace = { name: where, labels: namespaces[where] ?? {} }
        return decide({ metadata: { annotations }, spec }, inNamespace, defaultConfig).patch.length > 0
      })
      expect(changing.length).toBeGreaterThan(10)
      for (const { where, annotations } of changing) {
        const isAsked = await asks(() => createPod(where, { annotations }))
        expect({ where, annotations, isAsked }).toEqual({ where, annotations, isAsked: true })
      }
    })
  })

  test('in the trial of the README', async () => {
    const trial = [
      'run',
      'trial',
      '--image=nginx',
      '--dry-run=server',
      '--output=yaml',
      '--namespace=labelled',
    ]
    const { stdout } = await kubectl(controlPlane().admin, trial)
    expect(stdout).toContain('longhaul.dev/status: ')
  })

  describe('for a workload', () => {
    const typo = { 'longhaul.dev/keepalive-idle': '60x' }
    const warning = 'Warning: longhaul.dev/keepalive-idle: "60x" on the pod is not a duration; write 60s.'
    const dryRun = ['apply', '--dry-run=server', '--filename=-']

    const apply = async (object: object) => {
      const { status, stderr } = await kubectl(controlPlane().admin, dryRun, stringify(object))
      expect(status, stderr).toBe(0)
      return stderr
    }

    test.each(workloadKinds)('a %s with annotations, whose mistakes kubectl shows', async kind => {
      expect(await apply(workload(kind, { template: { annotations: typo } }))).toContain(warning)
      expect(await asks(() => apply(workload(kind, {})))).toBe(false)
    })

    test.each<[what: string, parts: Parts, isAsked: boolean]>([
      ['annotations of its own', { own: { annotations: withProfile } }, true],
      ['labels of the template', { template: { labels: withProfile } }, true],
      [
        "not the guard's alone",
        { template: { annotations: { 'longhaul.dev/force-delete': 'allow' } } },
        false,
      ],
      ['not the status alone', { template: { annotations: { 'longhaul.dev/status': '{}' } } }, false],
      ['not those of others', { template: { annotations: { 'example.com/a': 'b' } } }, false],
      [
        'not where it is left out',
        { template: { annotations: typo }, own: { namespace: 'excluded' } },
        false,
      ],
    ])('a Deployment: %s', async (_, parts, isAsked) => {
      expect(await asks(() => apply(workload('Deployment', parts)))).toBe(isAsked)
    })

    test.each<[WorkloadKind, string, boolean]>([
      ['ReplicaSet', 'Deployment', false],
      ['Job', 'CronJob', false],
      ['Deployment', 'Application', true],
    ])('a %s owned by a %s: %s', async (kind, owner, isAsked) => {
      const ownerReferences = [{ apiVersion: 'example.com/v1', kind: owner, name: 'owner', uid: 'a-uid' }]
      const object = workload(kind, { template: { annotations: typo }, own: { ownerReferences } })
      expect(await asks(() => apply(object))).toBe(isAsked)
    })

    test('once for a Deployment, though its ReplicaSet has the same template', async () => {
      webhook.logLines.length = 0
      const object = workload('Deployment', { template: { annotations: typo } })
      await kubectl(controlPlane().admin, ['apply', '--filename=-'], stringify(object))
      const pods = async () => (await core.listNamespacedPod({ namespace: 'plain' })).items.length
      await expect.poll(pods, { timeout: 20_000 }).toBe(1)
      const lines = webhook.logLines.map(line => JSON.parse(line))
      expect(lines.filter(line => line.webhook === 'validate').map(({ name }) => name)).toEqual(['one'])
      // Asked again once the API server has mounted the account's token into the container that was added.
      const outcomes = lines.filter(line => line.webhook === 'mutate').map(({ outcome }) => outcome)
      expect(outcomes).toEqual(['mutated', 'unchanged'])
    })
  })
})
