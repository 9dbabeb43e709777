/**
 * The lab's surroundings: a network, mount and PID namespace of its own. Nothing in it can touch the host's
 * network, and whatever ends the lab, all of its processes, hosts and files are gone with it.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'

/** Root needs no user namespace; everybody else becomes root in one of their own. */
function unshare(): string[] {
  const userNamespace = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  return ['unshare', ...userNamespace, '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
}

/** Why this host can't have them, if so. */
export function namespaceObstacle(): string | undefined {
  const [name = '', ...args] = unshare()
  const trial = spawnSync(name, [...args, 'true'], { encoding: 'utf8' })
  if (trial.error !== undefined) return 'there is no unshare (apt-get install util-linux)'
  return trial.status === 0
    ? undefined
    : `this host forbids namespaces (run as root, or allow user namespaces): ${trial.stderr.trim()}`
}

/** Runs a script of Node's in them, with a pipe as its descriptor 3. It is killed where this process ends before it. */
export function runInOwnNamespaces(script: string, args: readonly string[]): ChildProcess {
  const command = [...unshare(), process.execPath, script, ...args]
  return spawn('setpriv', ['--pdeathsig=KILL', ...command], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
  })
}
