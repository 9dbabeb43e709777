/** A file whose changes take effect while the process runs, unless they are broken. */

import { stat } from 'node:fs/promises'
import { setInterval as ticks } from 'node:timers/promises'

/**
 * By polling, since a mounted ConfigMap changes by a swap of the symlink `..data`, above the file: what stat
 * says of the file then changes, while inotify on the file itself sees nothing.
 */
const pollMs = 1000

export interface WatchedFile<T> {
  current(): T
  /** Calls back after each change that was taken over. */
  onChange(listener: () => void): void
  close(): void
}

export interface ReloadEvents {
  accepted(): void
  /** The file is broken; what it held before still holds. */
  refused(error: unknown): void
}

/** Loads a file, and again whenever it changes. Rejects where the first load fails. */
export async function watchedFile<T>(
  path: string,
  load: (path: string) => Promise<T>,
  events: ReloadEvents,
): Promise<WatchedFile<T>> {
  // Looked at before it is read, so that a change in between is noticed.
  let seen = await fingerprint(path)
  let value = await load(path)
  const stop = new AbortController()
  const listeners: (() => void)[] = []
  const reload = async () => {
    try {
      value = await load(path)
      events.accepted()
      for (const listener of listeners) listener()
    } catch (error) {
      events.refused(error)
    }
  }
  const follow = async () => {
    // A watch alone must not keep the process alive.
    for await (const _ of ticks(pollMs, undefined, { ref: false, signal: stop.signal })) {
      const now = await fingerprint(path)
      if (now === seen) continue
      seen = now
      await reload()
    }
  }
  follow().catch(ignoreAbort)
  return {
    current: () => value,
    onChange: listener => void listeners.push(listener),
    close: () => stop.abort(),
  }
}

/** What tells one state of a file from another; a missing file is a state too. */
async function fingerprint(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = await stat(path)
    return [dev, ino, size, mtimeMs, ctimeMs].join()
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}

function ignoreAbort(error: unknown): void {
  if ((error as Error).name !== 'AbortError') throw error
}
