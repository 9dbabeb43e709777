/** What is said of pods that were not looked into. */

import { largestGroups } from './largest-groups.ts'
import type { LeftOut } from './pod-access.ts'

const mostNamed = 5

/** A sentence for each reason, with the pods that it holds for. */
export function leftOutSentences(leftOut: readonly LeftOut[]): string[] {
  return largestGroups(leftOut, ({ reason }) => reason).map(([reason, group]) => {
    const names = group.slice(0, mostNamed).map(placeText)
    const more = group.length - names.length
    return `${[...names, ...(more > 0 ? [`${more} more`] : [])].join(', ')}: ${reason}`
  })
}

/** A pod that was left out, in the JSON of every command. */
export function leftOutEntry({ namespace, name, container, reason, isFailure }: LeftOut): object {
  return { namespace, pod: name, container: container ?? null, reason, isFailure }
}

function placeText({ namespace, name, container }: LeftOut): string {
  return `pod ${name}${container === undefined ? '' : `, container ${container}`} in namespace ${namespace}`
}
