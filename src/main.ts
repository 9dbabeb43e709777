/** The boundary to the process: arguments, environment, signals, exit. Nothing else looks at them. */

import { exitStatus } from './cli/command-error.ts'
import { nodeComplaint } from './cli/node-version.ts'
import { run } from './cli/program.ts'
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

// The status is set, not forced: what was written to a pipe may still be on its way.
const complaint = nodeComplaint(process.versions.node)
if (complaint !== undefined) {
  process.stderr.write(`longhaul: ${complaint}\n`)
  process.exitCode = exitStatus.failed
} else {
  run(process.argv.slice(2), terminal).then(status => {
    process.exitCode = status
  })
}
