/** The names that the program may be called by. */

import { basename } from 'node:path'

interface Invocation {
  /** As help shows it. */
  name: string
  args: readonly string[]
}

/**
 * A call of the program at a path. `kubectl longhaul` runs what is called kubectl-longhaul, and to complete such calls
 * asks what is called kubectl_complete-longhaul.
 */
export function invocationOf(path: string, args: readonly string[]): Invocation {
  const file = basename(path).replace(/\.(js|cmd|exe)$/, '')
  if (file === 'kubectl_complete-longhaul') return { name: asPlugin, args: ['complete', '--', ...args] }
  return { name: file === 'kubectl-longhaul' ? asPlugin : 'longhaul', args }
}

const asPlugin = 'kubectl longhaul'
