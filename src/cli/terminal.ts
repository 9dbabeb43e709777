/** What a command may know of the process that it runs in; made by main, and by tests. */

import type { Readable, Writable } from 'node:stream'
import type { Screen } from '../preview/printable.ts'

export interface Terminal {
  stdin: Readable & { isTTY?: boolean }
  stdout: Writable & { isTTY?: boolean; fd?: number }
  stderr: Writable & { isTTY?: boolean }
  /** Whether what goes to stdout may be coloured: on a terminal, unless NO_COLOR is set. */
  isColoured: boolean
  /** Called with each signal that asks the process to end, until it is called off. */
  onSignal(listener: (signal: 'SIGINT' | 'SIGTERM') => void): () => void
}

/** What is known of where stdout goes. */
export function screenOf({ stdout, isColoured }: Terminal): Screen {
  return { isTerminal: stdout.isTTY === true, isColoured }
}
