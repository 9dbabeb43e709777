/** Where the webhook's certificate comes from. */

import type { V1Secret } from '@kubernetes/client-node'
import type { KeyPair } from '../../admission/certificates.ts'
import { type ClusterClient, undefinedIfMissing } from '../client/client.ts'

export interface CertificateSource {
  /**
   * Puts in order what is amiss, as far as that is Longhaul's to do, and gives what holds now.
   * Rejects where there is no certificate that can be used; what was served before is then served on.
   */
  reconcile(nowMs: number): Promise<Reconciled>
}

export interface Reconciled {
  leaf: KeyPair
  /** PEM of the authority that signed the leaf, where it is known. */
  authority?: string
  /**
   * False where API servers may not trust the leaf's authority yet: it is then better to serve another, and time
   * to look again soon.
   */
  isTrusted: boolean
  /** When to look again at the latest. */
  untilMs: number
}

/** Where the Secret is. */
export interface SecretName {
  namespace: string
  name: string
}

/** Changes of certificates, for the log and the metrics. */
export interface CertificateEvents {
  done(action: CertificateAction, details: Record<string, unknown>): void
  failed(action: CertificateAction, error: unknown): void
}

export type CertificateAction =
  | 'create'
  | 'restore'
  | 'renew-leaf'
  | 'announce-authority'
  | 'switch-authority'
  | 'drop-previous'
  | 'publish'
  | 'repair-bundle'
  | 'serve'
  | 'reconcile'

/** The Secret, or undefined where there is none. */
export function readSecret(
  core: ClusterClient['core'],
  { namespace, name }: SecretName,
): Promise<V1Secret | undefined> {
  return core.readNamespacedSecret({ namespace, name }).catch(undefinedIfMissing)
}
