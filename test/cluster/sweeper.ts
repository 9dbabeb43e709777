/**
 * Clears away what a process leaves behind, however it ends. A shell waits for the end of a pipe that the kernel
 * closes with the process, even after SIGKILL, which no handler in it would see; then it kills and deletes.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Sweeper {
  /** A new temporary folder. */
  folder: string
  /** Has this process killed too. */
  watch(pid: number): void
  /** Has it forgotten: its id may be another's soon. */
  forget(pid: number): void
  /** Kills what is left, deletes the folder. */
  sweep(): Promise<void>
}

const script = `
  pids=' '
  while read -r order pid; do
    case $order in
      watch) pids="$pids$pid " ;;
      forget) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
    esac
  done
  for pid in $pids; do kill -KILL "$pid" 2>/dev/null; done
  # Again when a process that was just killed wrote meanwhile.
  rm -rf "$1" 2>/dev/null || { sleep 1; rm -rf "$1"; }
`

export async function startSweeper(name: string): Promise<Sweeper> {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`))
  // In a session of its own, out of reach of Ctrl-C.
  const shell = spawn('sh', ['-c', script, 'sh', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  await once(shell, 'spawn')
  return {
    folder,
    watch: pid => void shell.stdin.write(`watch ${pid}\n`),
    forget: pid => void shell.stdin.write(`forget ${pid}\n`),
    async sweep() {
      const exited = once(shell, 'exit')
      shell.stdin.end()
      await exited
    },
  }
}
