/** A line on the terminal that tells how far a hang-up is. */

import type { Terminal } from '../terminal.ts'

export interface Progress {
  add(): void
  /** Takes the line away. */
  end(): void
}

/** To the beginning of the line, which is cleared. */
const anew = '\r\u001B[K'

/** Where stderr is no terminal nothing is written. */
export function createProgress(total: number, { stderr }: Terminal): Progress {
  const write = (text: string) => void (stderr.isTTY === true && stderr.write(text))
  let count = 0
  return {
    add() {
      count += 1
      write(`${anew}hung up ${count} of ${total}`)
    },
    end: () => write(anew),
  }
}
