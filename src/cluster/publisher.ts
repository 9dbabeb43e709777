/** Telling the API servers which authorities to trust. */

import type { CertificateEvents } from './certificate-source.ts'
import type { ClusterClient } from './client.ts'
import { publish, readPublished } from './webhook-configurations.ts'

export interface Publisher {
  /** The certificates that are published now; undefined where there is no configuration: nobody calls then. */
  read(): Promise<string[] | undefined>
  /** Publishes these and no others. Gives false, and reports it, where that failed. */
  publish(authorities: readonly string[]): Promise<boolean>
}

/** For the two webhook configurations of a name. */
export function createPublisher(
  registration: ClusterClient['registration'],
  name: string,
  events: CertificateEvents,
): Publisher {
  let last: string | undefined
  return {
    read: () => readPublished(registration, name),
    async publish(authorities) {
      const wanted = authorities.join('')
      // What was published before and has to be again was changed by someone else.
      const action = wanted === last ? 'repair-bundle' : 'publish'
      try {
        const configurations = await publish(registration, name, authorities)
        last = wanted
        if (configurations.length > 0)
          events.done(action, { configurations, authorities: authorities.length })
        return true
      } catch (error) {
        events.failed(action, error)
        return false
      }
    },
  }
}
