/** What the webhook gets from where it runs: a cluster, or a single host. */

import type { AdmissionServices } from './admit.ts'
import type { KeyPair } from './certificates.ts'

export interface Surroundings extends Pick<AdmissionServices, 'namespaceLabels' | 'askForLabels'> {
  /** Settles once requests can be answered, with the certificate to begin with. */
  ready: Promise<KeyPair>
  /** What that waits for, in words. */
  awaited(): string[]
  /** Calls back with the certificate as it is now, if there is one, and with each that takes its place. */
  onCertificate(listener: (certificate: KeyPair) => void): void
  close(): void
}
