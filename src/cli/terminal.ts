/** What a command may know of the process that it runs in; made by main, and by tests. */

import type { Readable, Writable } from 'node:stream'

export interface Terminal {
  stdin: Readable & { isTTY?: boolean }
  stdout: Writable & { isTTY?: boolean; fd?: number }
  stderr: Writable
  /** Whether what goes to stdout may be coloured: on a terminal, unless NO_COLOR is set. */
  isColoured: boolean
  /** Called with each signal that asks the process to end, until it is called off. */
  onSignal(listener: (signal: 'SIGINT' | 'SIGTERM') => void): () => void
}
