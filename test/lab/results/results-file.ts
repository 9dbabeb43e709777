/** The file of results: begun beside its place before the lab runs, put there when it is whole. */

import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'

export interface ResultsFile {
  /** Puts the text into its place. Throws, with a sentence, where it can't be written; what was there stays. */
  keep(text: string): void
  /** Leaves no trace of it. */
  discard(): void
}

/** Throws, with a sentence, where no file can be written there. */
export function openResultsFile(path: string): ResultsFile {
  const unfinished = `${path}.${process.pid}.unfinished`
  const descriptor = orSay(path, () => openSync(unfinished, 'wx'))
  const discard = () => {
    closeSync(descriptor)
    rmSync(unfinished, { force: true })
  }
  return {
    keep(text) {
      try {
        orSay(path, () => writeFileSync(descriptor, text))
        orSay(path, () => renameSync(unfinished, path))
      } finally {
        discard()
      }
    },
    discard,
  }
}

function orSay<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`The results can't be written to ${path}: ${why}. Name another file with --output.`, {
      cause: error,
    })
  }
}
