/** What a call of `longhaul preview` asks for. */

import type { KubernetesVersion } from '../policy/kubernetes-version.ts'

/** A call's options, as they were read. */
export interface PreviewCall {
  namespace?: string
  namespaceLabel: Record<string, string>
  config?: string
  kubernetesVersion?: KubernetesVersion
  output: string
  strict: boolean
  live: boolean
  filename?: string[]
  context?: string
  kubeconfig?: string
}
