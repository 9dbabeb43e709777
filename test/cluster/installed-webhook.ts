/** The chart installed on a control plane, with the webhook of this process in place of its pods. */

import { AdmissionregistrationV1Api, CoreV1Api, VersionApi } from '@kubernetes/client-node'
import type { Config } from '../../src/policy/config.ts'
import { parseConfig } from '../../src/policy/config-file.ts'
import { parseKubernetesVersion } from '../../src/policy/kubernetes-version.ts'
import { ca, startWebhook } from '../admission/webhook.ts'
import type { ControlPlane } from './control-plane.ts'
import { namespace, release, releaseOn } from './release.ts'

/** It goes once, however often it is disposed of. */
export interface InstalledWebhook extends AsyncDisposable {
  /** Upgrades the release with other values, in YAML; the webhook has the new configuration at once. */
  upgrade(values: string): Promise<void>
  /** Lets it be reached, or not. */
  setReachable(isReachable: boolean): void
}

export async function installWebhook(controlPlane: ControlPlane): Promise<InstalledWebhook> {
  const { config: admin } = controlPlane.admin
  const core = admin.makeApiClient(CoreV1Api)
  const chart = releaseOn(controlPlane)
  const { gitVersion } = await admin.makeApiClient(VersionApi).getCode()
  const readConfig = async (): Promise<Config> => {
    const { data } = await core.readNamespacedConfigMap({ namespace, name: release })
    return parseConfig(data?.['config.yaml'] ?? '', 'config.yaml', parseKubernetesVersion(gitVersion))
  }
  chart.upgrade()
  let config = await readConfig()
  const webhook = await startWebhook({
    config: () => config,
    namespaceLabels: async name => (await core.readNamespace({ name })).metadata?.labels ?? {},
  })
  const { spec } = await core.readNamespacedService({ namespace, name: release })
  const setReachable = (isReachable: boolean) => {
    controlPlane.services.route(`${spec?.clusterIP}:443`, isReachable ? [webhook.port] : [])
    // The API server keeps connections open.
    webhook.connections.closeAll()
  }
  setReachable(true)
  await trustWebhook(admin.makeApiClient(AdmissionregistrationV1Api))
  let isGone = false
  return {
    setReachable,
    async upgrade(values) {
      chart.upgrade(values)
      config = await readConfig()
    },
    async [Symbol.asyncDispose]() {
      if (isGone) return
      isGone = true
      chart.uninstall()
      await webhook.close()
    },
  }
}

/** What the webhook does for itself in a cluster. */
async function trustWebhook(admission: AdmissionregistrationV1Api): Promise<void> {
  const caBundle = Buffer.from(ca).toString('base64')
  const mutating = await admission.readMutatingWebhookConfiguration({ name: release })
  for (const { clientConfig } of mutating.webhooks ?? []) clientConfig.caBundle = caBundle
  await admission.replaceMutatingWebhookConfiguration({ name: release, body: mutating })
  const validating = await admission.readValidatingWebhookConfiguration({ name: release })
  for (const { clientConfig } of validating.webhooks ?? []) clientConfig.caBundle = caBundle
  await admission.replaceValidatingWebhookConfiguration({ name: release, body: validating })
}
