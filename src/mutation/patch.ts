/** The one place where patches are made: from a difference, never by hand. */

import type { Operation } from 'fast-json-patch'
import jsonPatch from 'fast-json-patch'

export type { Operation }

/**
 * The JSON patch (RFC 6902) from one object to another. fast-json-patch passes over branches that are the
 * same object in both, so that this costs what the change costs.
 */
export function patchBetween(before: object, after: object): Operation[] {
  return before === after ? [] : jsonPatch.compare(before, after)
}
