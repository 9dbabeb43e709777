#!/usr/bin/env node
/** The boundary to the process: arguments, environment, signals, exit. Nothing else looks at them. */

// As a whole: a Node too old to have enableCompileCache is to be told so, and would not link its name.
import module from 'node:module'
import { join } from 'node:path'
import { exitStatus } from './cli/command-error.ts'
import { invocationOf } from './cli/invocation.ts'
import { nodeComplaint } from './cli/node-version.ts'
import type { Terminal } from './cli/terminal.ts'

const terminal: Terminal = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  // An empty NO_COLOR is none (no-color.org).
  isColoured: process.stdout.isTTY === true && !process.env['NO_COLOR'],
  onSignal(listener) {
    const signals = ['SIGINT', 'SIGTERM'] as const
    for (const signal of signals) process.on(signal, listener)
    return () => {
      for (const signal of signals) process.off(signal, listener)
    }
  },
}

// A reader that has seen enough, such as `head`, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  process.stderr.write(`longhaul: the output can't be written: ${error.message}\n`)
  process.exit(1)
})
// The status still says what there was to say.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

/**
 * Where Node keeps what V8 has compiled: a folder of the user's own. Node's default is below /tmp, where others
 * could lay compiled code of theirs. Undefined where the user has no such folder.
 */
function compileCacheFolder({ XDG_CACHE_HOME, HOME }: NodeJS.ProcessEnv): string | undefined {
  const caches = XDG_CACHE_HOME || (HOME && join(HOME, '.cache'))
  return caches ? join(caches, 'longhaul', 'compiled') : undefined
}

// The status is set, not forced: what was written to a pipe may still be on its way.
const complaint = nodeComplaint(process.versions.node)
if (complaint !== undefined) {
  process.stderr.write(`longhaul: ${complaint}\n`)
  process.exitCode = exitStatus.failed
} else {
  const cacheFolder = compileCacheFolder(process.env)
  // Where it can't be written nothing is kept; NODE_COMPILE_CACHE goes before it.
  if (cacheFolder !== undefined) module.enableCompileCache(cacheFolder)
  // Only what is loaded from here on is kept.
  const { run } = await import('./cli/program.ts')
  const { name, args } = invocationOf(process.argv[1] ?? '', process.argv.slice(2))
  process.exitCode = await run(args, terminal, name)
}
