/** Manifests of other projects, for tests on input that was not written for them. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.env['LONGHAUL_CORPUS']

export const corpusSkipReason =
  folder === undefined ? 'LONGHAUL_CORPUS names no folder with manifests of other projects' : undefined

/** The corpus's files; none where there is no corpus. */
export function corpusFiles(): { file: string; text: string }[] {
  if (folder === undefined) return []
  const files = readdirSync(folder).filter(file => file.endsWith('.yaml'))
  return files.map(file => ({ file: join(folder, file), text: readFileSync(join(folder, file), 'utf8') }))
}
