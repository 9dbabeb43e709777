/** The end of a process that runs until it is told to stop. */

import type { Terminal } from './terminal.ts'

/** The first signal to stop; those after it act as if nobody listened, which is to end the process at once. */
export function firstSignal(terminal: Terminal): { signal: Promise<string>; forget(): void } {
  const { promise, resolve } = Promise.withResolvers<string>()
  const forget = terminal.onSignal(signal => {
    forget()
    resolve(signal)
  })
  return { signal: promise, forget }
}
