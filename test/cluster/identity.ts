/** Someone who may talk to an API server: as a client's configuration, and as a file for kubectl and helm. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'

export interface Identity {
  config: KubeConfig
  /** The kubeconfig. */
  file: string
}

export interface Endpoint {
  url: string
  /** PEM. */
  ca: string
}

/** With a namespace as a pod has one, where that matters. */
export function createIdentity(
  folder: string,
  name: string,
  { url, ca }: Endpoint,
  token: string,
  namespace?: string,
): Identity {
  const config = new KubeConfig()
  config.loadFromClusterAndUser(
    { name: 'control-plane', server: url, caData: Buffer.from(ca).toString('base64'), skipTLSVerify: false },
    { name, token },
  )
  const [context] = config.getContexts()
  if (context !== undefined && namespace !== undefined) config.contexts = [{ ...context, namespace }]
  const file = join(folder, `${name}.kubeconfig`)
  writeFileSync(file, config.exportConfig(), { mode: 0o600 })
  return { config, file }
}
