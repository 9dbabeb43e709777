/** The files that `serve` is given, followed while it runs. */

import type { Logger } from 'pino'
import type { Metrics } from '../admission/metrics.ts'
import { type ReloadEvents, type WatchedFile, watchedFile } from '../admission/watched-file.ts'

/** Follows a file, where one was named; else gives a value that stays. */
export type WatchInput = <T>(
  file: string | undefined,
  label: string,
  load: (file: string) => Promise<T>,
  standard: T,
) => Promise<WatchedFile<T>>

/** With a line in the log and a count for each change of a file. */
export function inputWatcher(log: Logger, metrics: Pick<Metrics, 'countReload'>): WatchInput {
  const reported = (file: string, label: string): ReloadEvents => ({
    accepted() {
      metrics.countReload(label, 'accepted')
      log.info({ file }, 'changed file taken over')
    },
    refused(error) {
      metrics.countReload(label, 'refused')
      const problem = (error as Error).message
      log.error({ file, problem }, 'changed file refused; what it held before stays')
    },
  })
  return async (file, label, load, standard) => {
    if (file === undefined) return { current: () => standard, onChange: () => {}, close: () => {} }
    return watchedFile(file, load, reported(file, label))
  }
}
