/** Whether and when clients notice that their connection is gone, and that as a table. */

import type { Pod } from '../pods/pod.ts'
import { onlyContainer, waitFor } from '../pods/wait.ts'
import type { Observation, Table } from './experiment.ts'
import { variantColumns } from './variant-columns.ts'

export interface Notice {
  atMs: number
  /** As the client said. */
  why: string
}

/** When and how a client learns that its connection is gone; undefined where it does not within the time. */
export function noticed(client: Pod, patienceMs: number): Promise<Notice | undefined> {
  const container = onlyContainer(client)
  const check = () => {
    const line = container.log.find(({ text }) => text.startsWith('lost '))
    if (line !== undefined) return { atMs: line.atMs, why: line.text.slice('lost '.length) }
    if (container.end === undefined) return undefined
    return { atMs: container.end.atMs, why: container.log.at(-1)?.text ?? '' }
  }
  return waitFor(container, check, patienceMs)
}

/** A row for each client and what happened to it, a column for each variant. */
export function noticeTable(observations: readonly Observation[]): Table {
  return variantColumns(observations, ['client', 'what happens'], ({ figures: { seconds } }) =>
    typeof seconds === 'number' ? `${seconds.toFixed(1)} s` : 'never',
  )
}
