/** What a mistyped word was meant to be. */

import { closest, distance } from 'fastest-levenshtein'

/** The known word most like `text`, where one is like it enough to be a typing error: `on` is not, for `off`. */
export function nearest(text: string, known: readonly string[]): string | undefined {
  // The longest names of Kubernetes; a longer text is no typing error, and costs too much to compare.
  if (known.length === 0 || text.length > 63) return undefined
  const found = closest(text.toLowerCase(), [...known])
  const most = Math.min(text.length, found.length) < 4 ? 1 : Math.max(2, found.length / 3)
  return distance(text.toLowerCase(), found) <= most ? found : undefined
}
