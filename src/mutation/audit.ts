/** What an audit says of a pod: what would be set, feature by feature. */

import type { Done } from './feature.ts'
import type { DoneByFeature } from './status.ts'

/** A sentence for each feature that would change something: `would set pre-stop: sleep 5s, on app`. */
export function auditTexts(audit: DoneByFeature): string[] {
  return Object.entries(audit).map(([feature, done]) => `would set ${feature}: ${doneText(done)}`)
}

function doneText({ containers, set, from, to }: Done): string {
  const what = set ?? `${from}s to ${to}s`
  return containers === undefined ? what : `${what}, on ${containers.join(', ')}`
}
