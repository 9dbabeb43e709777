/** Connections of a pod, of which each container that was asked knows a part. */

import type { Answer } from './ask.ts'
import { keyOf, type NativeConnection } from './native-connection.ts'
import type { FleetPod } from './pod-access.ts'

/** A connection as a container tells of it. */
interface View<Line> {
  container: string
  line: Line
}

/** What is known of a connection, and of the container that holds it. */
export type Joined<Line> = Line & { container: string | null }

/**
 * Each connection of a pod once, as the best of the views that `best` finds. A container sees the connections of all,
 * and the processes of its own: where just one knows the process, the connection is that one's. On the node's network
 * those that no process of the pod's is known to hold are left out: they are others'.
 */
export function joinContainers<Line extends NativeConnection>(
  pod: FleetPod,
  answers: readonly Pick<Answer<Line>, 'container' | 'lines'>[],
  best: (lines: readonly Line[]) => Line | undefined,
): Joined<Line>[] {
  const views = new Map<string, View<Line>[]>()
  for (const { container, lines } of answers) {
    for (const line of lines) {
      const known = views.get(keyOf(line)) ?? []
      known.push({ container, line })
      views.set(keyOf(line), known)
    }
  }
  return [...views.values()].flatMap(each => {
    const holders = each.filter(({ line }) => line.pid !== null)
    if (pod.isOnHostNetwork && holders.length === 0) return []
    const line = best((holders.length > 0 ? holders : each).map(view => view.line))
    return line === undefined ? [] : [{ ...line, container: containerOf(pod, holders) }]
  })
}

function containerOf<Line>(
  { onlyContainer, isOnHostNetwork }: FleetPod,
  holders: View<Line>[],
): string | null {
  const [holder] = holders
  if (holder !== undefined && holders.length === 1) return holder.container
  return isOnHostNetwork ? null : (onlyContainer ?? null)
}
