/** The manifests that a command was given. */

import type { Readable } from 'node:stream'
import { type ManifestDocument, readDocuments } from '../manifests/documents.ts'
import { attemptAll } from '../manifests/input-error.ts'
import { filesAt, readInput } from '../manifests/inputs.ts'
import { CommandError, exitStatus } from './command-error.ts'
import type { Terminal } from './terminal.ts'

export interface Manifests {
  documents: ManifestDocument[]
  /** What is wrong with files that could not be read. */
  mistakes: string[]
}

/** The documents at some paths, in order, as far as they can be read. */
export async function readManifests(paths: readonly string[], stdin: Readable): Promise<Manifests> {
  const files = await attemptAll(paths.map(path => () => filesAt(path)))
  const inputs = files.results.flat().map(path => async () => {
    const { file, text } = await readInput(path, stdin)
    return readDocuments(text, file)
  })
  const { results, mistakes } = await attemptAll(inputs)
  return { documents: results.flat(), mistakes: [...files.mistakes, ...mistakes] }
}

/** The paths of a call; standard input where it names none and something is piped in. Else throws a CommandError. */
export function pathsOrStdin(paths: readonly string[], { isTTY }: Terminal['stdin']): readonly string[] {
  if (paths.length > 0) return paths
  if (isTTY !== true) return ['-']
  throw new CommandError('name a file or a folder, or pipe manifests in', exitStatus.wrongInput)
}
