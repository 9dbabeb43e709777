/** What tells the API server who to be to webhooks: an AdmissionConfiguration and its kubeconfig. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KeyPair } from '../../src/admission/certificates.ts'

export interface WebhookClient {
  /** Of the webhooks that it shows the certificate to. */
  host: string
  certificate: KeyPair
}

/** Writes both, as the chart's README describes them; gives the file for `--admission-control-config-file`. */
export function writeAdmissionConfiguration(folder: string, { host, certificate }: WebhookClient): string {
  // JSON is YAML as well.
  const write = (name: string, content: object | string): string => {
    const file = join(folder, name)
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 })
    return file
  }
  const user = {
    'client-certificate': write('webhook-client.crt', certificate.cert),
    'client-key': write('webhook-client.key', certificate.key),
  }
  const kubeconfig = { apiVersion: 'v1', kind: 'Config', users: [{ name: host, user }] }
  const configuration = {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'WebhookAdmissionConfiguration',
    kubeConfigFile: write('webhook-client.yaml', kubeconfig),
  }
  return write('admission.yaml', {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AdmissionConfiguration',
    plugins: ['MutatingAdmissionWebhook', 'ValidatingAdmissionWebhook'].map(name => ({
      name,
      configuration,
    })),
  })
}
