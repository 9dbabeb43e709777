/** What of a pod's change is Longhaul's. */

import { statusAnnotation } from '../../mutation/status.ts'
import { branch, type Places } from './places.ts'

interface Attribution {
  /** True where what stands at a place after the chain is as Longhaul makes it, and was not so before. */
  isAdded(place: string): boolean
  /** True where Longhaul replaced what stood at a place. */
  isReplaced(place: string): boolean
}

/** Compares a pod as it was sent, as Longhaul alone would make it, and as it came back. */
export function attribute(sent: Places, expected: Places, answered: Places): Attribution {
  const [before, after] = [sent.values, answered.values]
  const leaves = [...expected.values].filter(([place, value]) => {
    return (
      value !== branch && after.get(place) === value && !(before.has(place) && before.get(place) === value)
    )
  })
  const added = new Set(leaves.map(([place]) => place))
  // The status names the version, which need not be this one.
  if (after.has(statusPlace) && after.get(statusPlace) !== before.get(statusPlace)) added.add(statusPlace)
  for (const place of [...added]) {
    for (const parent of parentsOf(place)) if (!before.has(parent)) added.add(parent)
  }
  return { isAdded: place => added.has(place), isReplaced: place => before.has(place) && added.has(place) }
}

const statusPlace = `/metadata/annotations/${statusAnnotation}`

function parentsOf(place: string): string[] {
  const end = place.lastIndexOf('/')
  return end <= 0 ? [] : [place.slice(0, end), ...parentsOf(place.slice(0, end))]
}
