/** The manifests that a command was given. */

import type { Readable } from 'node:stream'
import { type ManifestDocument, readDocuments } from '../manifests/documents.ts'
import { InputError } from '../manifests/input-error.ts'
import { readInputs } from '../manifests/inputs.ts'

/** The documents at some paths; the mistakes of all are reported together, in one InputError. */
export async function readManifests(paths: readonly string[], stdin: Readable): Promise<ManifestDocument[]> {
  const results = (await readInputs(paths, stdin)).map(({ file, text }) => {
    try {
      return readDocuments(text, file)
    } catch (error) {
      if (error instanceof InputError) return error
      throw error
    }
  })
  const mistakes = results.filter(each => each instanceof InputError)
  if (mistakes.length > 0) throw new InputError(mistakes.map(({ message }) => message).join('\n'))
  return results.flatMap(each => (each instanceof InputError ? [] : each))
}
