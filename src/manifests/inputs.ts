/** Where manifests are read from: files, folders, standard input. */

import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { InputError } from './input-error.ts'

export interface Input {
  /** The path, or `standard input`. */
  file: string
  text: string
}

const manifestName = /\.(ya?ml|json)$/i

/** Emacs locks a file that it edits by a link to nowhere. */
const lockName = /^\.#/

/**
 * The files at a path: those of a folder by name, also of the folders below it; `-` is standard input. Throws an
 * InputError where there are none.
 */
export async function filesAt(path: string): Promise<string[]> {
  if (path === '-') return [path]
  return named(path, async () => ((await stat(path)).isDirectory() ? await manifestsIn(path) : [path]))
}

/** The text of one of them. Throws an InputError where it can't be read. */
export async function readInput(file: string, stdin: Readable): Promise<Input> {
  if (file === '-')
    return named('standard input', async () => ({
      file: 'standard input',
      text: decode(await buffer(stdin)),
    }))
  return named(file, async () => ({ file, text: decode(await readFile(file)) }))
}

async function manifestsIn(folder: string): Promise<string[]> {
  const files = (await manifestsBelow(folder)).sort()
  if (files.length === 0) throw new InputError('the folder holds no .yaml, .yml or .json file')
  return files
}

/** Not by readdir's own recursion, which follows links to folders, also round in circles. */
async function manifestsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const files = await Promise.all(
    entries.map(async entry => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return manifestsBelow(path)
      // No pipe, of which nobody may ever write the other end.
      const isFile = entry.isFile() || entry.isSymbolicLink()
      return isFile && isManifest(entry.name) ? [path] : []
    }),
  )
  return files.flat()
}

function isManifest(name: string): boolean {
  return manifestName.test(name) && !lockName.test(name)
}

async function named<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw new InputError(`${path}: ${readFault(error)}`)
  }
}

/** Marks of byte order, by which kubectl, too, knows UTF-16. */
const utf16Marks = { '\xFF\xFE': 'utf-16le', '\xFE\xFF': 'utf-16be' } as const

/** Other encodings would come out as something else. The byte order mark of UTF-8 is kept. */
function decode(bytes: Buffer): string {
  const utf16 = utf16Marks[bytes.toString('latin1', 0, 2) as keyof typeof utf16Marks]
  const isUtf8 = utf16 === undefined
  return new TextDecoder(utf16 ?? 'utf-8', { fatal: true, ignoreBOM: isUtf8 }).decode(bytes)
}

/** What kept a file from being read, in words. */
export function readFault(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
    return 'it is neither UTF-8 nor UTF-16 with a byte order mark'
  if (code === 'ENOENT') return 'there is no such file'
  return code === 'EACCES' ? 'it may not be read: permission denied' : message
}
