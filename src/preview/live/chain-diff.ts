/** The change that a cluster's admission chain makes to a pod, with Longhaul's lines marked. */

import type { V1Pod } from '@kubernetes/client-node'
import { structuredPatch } from 'diff'
import { stringify } from 'yaml'
import { withDigits } from '../../manifests/digits.ts'
import { colourLine } from '../diff-lines.ts'
import type { Style } from '../style.ts'
import { attribute } from './attribution.ts'
import { readPlaces } from './places.ts'
import type { Admitted } from './plan.ts'

/** Before a line that is Longhaul's; others have a space. */
export const longhaulsMark = 'L'

/** The lines of a unified diff from the pod as it was sent to the pod as it came back. */
export function chainDiff({ sent, expected, answered }: Admitted, style: Style): string[] {
  const [before, wanted, after] = [sent, expected.mutation.pod, answered].map(textOf) as [
    string,
    string,
    string,
  ]
  const [beforePlaces, afterPlaces] = [readPlaces(before), readPlaces(after)]
  const { isAdded, isReplaced } = attribute(beforePlaces, readPlaces(wanted), afterPlaces)
  const markOf = (line: string, old: number, now: number): boolean => {
    if (line.startsWith('+')) return isAdded(afterPlaces.byLine[now] ?? '')
    return line.startsWith('-') && isReplaced(beforePlaces.byLine[old] ?? '')
  }
  const { hunks } = structuredPatch('sent', 'answered', before, after, '', '', { context: 3 })
  return hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => {
    let [old, now] = [oldStart - 1, newStart - 1]
    const marked = lines.map(line => {
      const mark = markOf(line, old, now) ? longhaulsMark : ' '
      if (!line.startsWith('+')) old++
      if (!line.startsWith('-')) now++
      return `${mark} ${colourLine(line, style)}`
    })
    const head = `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`
    return [`  ${colourLine(head, style)}`, ...marked]
  })
}

/** Sorted, since the API server has an order of fields of its own. */
function textOf({ metadata, spec }: V1Pod): string {
  const options = {
    version: '1.1',
    lineWidth: 0,
    aliasDuplicateObjects: false,
    sortMapEntries: true,
  } as const
  return stringify({ metadata, spec }, withDigits, options)
}
