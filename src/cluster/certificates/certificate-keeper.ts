/** Has the webhook serve with the certificate that holds, for as long as it runs. */

import { setTimeout as delay } from 'node:timers/promises'
import type { KeyPair } from '../../admission/certificates.ts'
import { createBackoff } from '../client/backoff.ts'
import { statusOf } from '../client/client.ts'
import type { Bell } from './bell.ts'
import type { CertificateEvents, CertificateSource, Reconciled } from './certificate-source.ts'

/** Changes of the Secret ring the bell; should word of one be lost, it is seen after this time. */
const lookAgainMs = 10 * 60 * 1000

/** What others change all the time, such as a bundle that two parties claim, is put right no more often. */
const pauseMs = 500

/**
 * Reconciles at once, whenever the bell rings, and when a certificate is due. Calls `serve` with each new
 * certificate. Never throws; ends when it is told to stop.
 */
export async function keepCertificates(
  source: CertificateSource,
  bell: Bell,
  serve: (certificate: Reconciled) => void,
  events: CertificateEvents,
  stop: AbortSignal,
): Promise<void> {
  const backoff = createBackoff()
  let served: Reconciled | undefined
  while (!stop.aborted) {
    try {
      const found = await source.reconcile(Date.now())
      if (isToServe(found, served)) {
        serve(found)
        served = found
      }
      if (found.isTrusted) backoff.reset()
      await bell.wait(
        found.isTrusted ? untilDueMs(found) : Math.min(untilDueMs(found), backoff.nextMs()),
        stop,
      )
    } catch (error) {
      // Another replica wrote first: that is how they agree.
      if (!isConflict(error) && !stop.aborted) events.failed('reconcile', error)
      await bell.wait(backoff.nextMs(), stop)
    }
    await delay(pauseMs * Math.random(), undefined, { signal: stop }).catch(() => {})
  }
}

function untilDueMs({ untilMs }: Reconciled): number {
  return Math.min(Math.max(untilMs - Date.now(), 0), lookAgainMs)
}

/** A leaf of an authority that is not trusted yet waits, where there is one that is. */
function isToServe(found: Reconciled, served: Reconciled | undefined): boolean {
  if (served === undefined) return true
  if (isSame(found.leaf, served.leaf)) return false
  return found.isTrusted || (found.authority !== undefined && found.authority === served.authority)
}

function isSame(one: KeyPair, other: KeyPair): boolean {
  return one.cert === other.cert && one.key === other.key
}

function isConflict(error: unknown): boolean {
  return statusOf(error) === 409
}
