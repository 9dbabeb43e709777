/** Which clients are answered, where only those with a certificate of a given CA are. */

import type { TLSSocket } from 'node:tls'
import type { Logger } from 'pino'
import { paced } from './paced.ts'

/** Why a client is not answered, in words; undefined where it is. */
export function whyRefused(socket: TLSSocket): string | undefined {
  if (socket.authorized) return undefined
  if (socket.getPeerX509Certificate() === undefined) return 'it showed no client certificate'
  // A code of OpenSSL's, such as CERT_HAS_EXPIRED, for which the types say Error.
  return `its certificate is not accepted (${socket.authorizationError})`
}

/** What such a client is told. */
export function refusalOf(reason: string): string {
  return (
    `This webhook answers only clients with a certificate of its clientCA, and this one is not answered: ${reason}. ` +
    "For the API server, name one in the kubeconfig that is its AdmissionConfiguration's kubeConfigFile."
  )
}

export interface RefusedClients {
  /** Logs a refusal, or counts it for the next line. */
  log(reason: string): void
}

/** Refusals in the log: one line at once, and then at most one a minute, since anyone can cause them. */
export function createRefusedClients(log: Pick<Logger, 'warn'>, nowMs?: () => number): RefusedClients {
  return {
    log: paced(
      (refused, reason) =>
        log.warn({ reason, refused }, 'client refused: it needs a certificate of webhook.clientCA'),
      nowMs,
    ),
  }
}
