/** What an audit says of a pod: what would be set, feature by feature. */

import { type DoneByFeature, type StatusEntry, statusEntries } from './status.ts'

/** A sentence for each feature that would change something: `would set pre-stop: sleep 5s, on app`. */
export function auditTexts(audit: DoneByFeature): string[] {
  return Object.entries(statusEntries(audit)).map(
    ([feature, done]) => `would set ${feature}: ${doneText(done)}`,
  )
}

function doneText({ containers, set, from, to }: StatusEntry): string {
  const what = set ?? `${from}s to ${to}s`
  if (containers === undefined) return what
  return `${what}, on ${typeof containers === 'number' ? `${containers} containers` : containers.join(', ')}`
}
