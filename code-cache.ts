/**
 * The bundle with V8's code cache beside it: what V8 has compiled by the time the webhook listens, so that a start
 * need not compile it again, which takes a quarter of it. The cache is taken where it was made by the same Node for
 * the same kind of machine, and V8 checks it once more; elsewhere the program is compiled as ever.
 */

import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constants, Script } from 'node:vm'

/** A bundle of the format cjs as a script that gives a function. The cache is for this text, to the letter. */
export function programOf(bundle: string): string {
  return `(function (require) { const module = { exports: {} }, exports = module.exports; ${bundle}\n})`
}

/**
 * Runs a program up to where its webhook listens, in a process of its own; gives what V8 has compiled by then.
 * Throws where V8 would not take it.
 */
export async function codeCacheOf(program: string): Promise<Buffer> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'longhaul-build-'))
  const [programFile, cacheFile] = [join(folder.path, 'program'), join(folder.path, 'cache')]
  writeFileSync(programFile, program)
  const args = [import.meta.filename, programFile, cacheFile]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const chunk of child.stdout) if (String(chunk).includes('"listening"')) child.kill('SIGINT')
  const cachedData = readFileSync(cacheFile)
  const { cachedDataRejected } = new Script(program, { importModuleDynamically, cachedData })
  if (cachedDataRejected === true) throw new Error('V8 rejects the code cache that it has just made')
  return cachedData
}

/** The file that users run. */
export function executable(program: string, cache?: Buffer): string {
  return `#!/usr/bin/env node
import { createRequire } from 'node:module'
import { constants, Script } from 'node:vm'
const program = ${JSON.stringify(program)}
const cache = '${cache?.toString('base64') ?? ''}'
const isOfThisNode = [process.version, process.platform, process.arch].join() === '${thisNode}'
new Script(program, {
  filename: import.meta.filename,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  ...(isOfThisNode && cache !== '' && { cachedData: Buffer.from(cache, 'base64') }),
}).runInThisContext()(createRequire(import.meta.url))
`
}

const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
const thisNode = [process.version, process.platform, process.arch].join()

if (import.meta.main) {
  const [, filename = '', programFile = '', cacheFile = ''] = process.argv
  const script = new Script(readFileSync(programFile, 'utf8'), { filename, importModuleDynamically })
  process.on('exit', () => writeFileSync(cacheFile, script.createCachedData()))
  process.argv = [process.execPath, filename, 'serve', '--standalone', '--port=0', '--admin-port=0']
  script.runInThisContext()(createRequire(import.meta.url))
}
