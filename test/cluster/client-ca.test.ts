/** The API server as a client of a webhook that answers only those with a certificate of its CA. */

import { AdmissionregistrationV1Api, CoreV1Api } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { stringify } from 'yaml'
import { applyBundlePatch, bundlePatches } from '../../src/cluster/certificates/webhook-configurations.ts'
import { client, clientAuthority, otherAuthority } from '../admission/client-certificates.ts'
import { ca, startWebhook, type Webhook } from '../admission/webhook.ts'
import { missingForControlPlane } from './binaries.ts'
import { kubectl } from './kubectl.ts'
import { namespace, release, releaseOn } from './release.ts'
import { useControlPlane } from './suite.ts'
import { workload } from './workload.ts'

const missing = missingForControlPlane('kubectl', 'helm')
const startTimeoutMs = 120_000

const pod = {
  metadata: { name: 'one', annotations: { 'longhaul.dev/profile': 'client' } },
  spec: { containers: [{ name: 'app', image: 'example.com/app' }] },
}

describe('an API server with an AdmissionConfiguration', () => {
  const controlPlane = useControlPlane({
    webhookClient: { host: `${release}.${namespace}.svc`, certificate: client },
  })
  const webhooks: Webhook[] = []
  let core: CoreV1Api
  let address = ''

  beforeAll(async () => {
    if (missing !== undefined) return
    const { config } = controlPlane().admin
    core = config.makeApiClient(CoreV1Api)
    await core.createNamespace({ body: { metadata: { name: 'plain' } } })
    for (const clientCA of [clientAuthority.cert, otherAuthority.cert]) {
      webhooks.push(await startWebhook({ clientCA }))
    }
    releaseOn(controlPlane()).upgrade('webhook: {failurePolicy: Fail}')
    const { spec } = await core.readNamespacedService({ namespace, name: release })
    address = `${spec?.clusterIP}:443`
    const registration = config.makeApiClient(AdmissionregistrationV1Api)
    for (const patch of await bundlePatches(registration, release, [ca])) {
      await applyBundlePatch(registration, release, patch)
    }
  }, startTimeoutMs)

  afterAll(async () => {
    for (const webhook of webhooks) await webhook.close()
  }, startTimeoutMs)

  const routeTo = (webhook: Webhook | undefined) =>
    controlPlane().services.route(address, [webhook?.port ?? expect.fail('it did not start')])

  const createPod = () => core.createNamespacedPod({ namespace: 'plain', body: pod, dryRun: 'All' })

  // The API server learns of the webhook a moment later, and of the namespace's account.
  const patience = { timeout: 20_000, interval: 200 }

  test('is answered by a webhook with its CA, and told by another what is missing', async () => {
    const [ours, others] = webhooks
    routeTo(ours)
    await vi.waitFor(async () => {
      const { metadata } = await createPod()
      expect(metadata?.annotations).toHaveProperty(['longhaul.dev/status'])
    }, patience)

    const deployment = workload('Deployment', {
      template: { annotations: { 'longhaul.dev/keepalive-idle': '60x' } },
    })
    const args = ['apply', '--dry-run=server', '--filename=-']
    const { stderr } = await kubectl(controlPlane().admin, args, stringify(deployment))
    expect(stderr).toContain('"60x" on the pod is not a duration')

    // The connections to the first are closed, as those to a webhook that ended; a call may have been on one of them.
    routeTo(others)
    ours?.connections.closeAll()
    await vi.waitFor(
      () =>
        expect(createPod()).rejects.toThrow(
          /its certificate is not accepted .*AdmissionConfiguration's kubeConfigFile/s,
        ),
      patience,
    )
  })
})
