/** Telling the API servers which authorities to trust. */

import type { ClusterClient } from '../client/client.ts'
import type { CertificateEvents } from './certificate-source.ts'
import { createRepairPace } from './repair-pace.ts'
import { applyBundlePatch, bundlePatches, readPublished } from './webhook-configurations.ts'

export interface Publisher {
  /** The certificates that are published now; undefined where there is no configuration: nobody calls then. */
  read(): Promise<string[] | undefined>
  /**
   * Publishes these and no others. Gives false where that failed, which it reports, or has to wait since somebody
   * else writes into the configurations all the time.
   */
  publish(authorities: readonly string[], nowMs: number): Promise<boolean>
}

const quarrel = 'somebody else changes the caBundle again and again; it is put right ever more seldom'

/** For the two webhook configurations of a name. */
export function createPublisher(
  registration: ClusterClient['registration'],
  name: string,
  events: CertificateEvents,
): Publisher {
  const pace = createRepairPace()
  let last: string | undefined
  let isToldOf = false
  return {
    read: () => readPublished(registration, name),
    async publish(authorities, nowMs) {
      const wanted = authorities.join('')
      // What was published before and has to be again was changed by someone else.
      const isRepair = wanted === last
      const action = isRepair ? 'repair-bundle' : 'publish'
      try {
        const patches = await bundlePatches(registration, name, authorities)
        if (isRepair && patches.length > 0 && !pace.allows(nowMs)) {
          if (!isToldOf) events.failed(action, new Error(quarrel))
          isToldOf = true
          return false
        }
        for (const patch of patches) {
          await applyBundlePatch(registration, name, patch)
          events.done(action, { configuration: patch.kind.plural, authorities: authorities.length })
        }
        if (isRepair && patches.length > 0) pace.repaired(nowMs)
        isToldOf = false
        last = wanted
        return true
      } catch (error) {
        events.failed(action, error)
        return false
      }
    },
  }
}
