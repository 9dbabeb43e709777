/** Calls of the command line: as a process, the way users run it, and inside this one, where coverage is seen. */

import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PassThrough, Readable, type Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { run } from '../../src/cli/program.ts'
import type { Terminal } from '../../src/cli/terminal.ts'

/** The bundle that users run. */
export const bundle = fileURLToPath(new URL('../../dist/longhaul.js', import.meta.url))

export interface Result {
  status: number | null
  stdout: string
  stderr: string
}

interface Call {
  stdin?: string
  env?: Record<string, string>
}

export type LonghaulProcess = ChildProcessByStdio<Writable, Readable, Readable>

/** Starts the bundle; what is left of the process is killed after the test. */
export function start(args: readonly string[], env: Record<string, string> = {}): LonghaulProcess {
  return startCommand(process.execPath, [bundle, ...args], env)
}

/** Starts any command with a clean environment. */
export function startCommand(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): LonghaulProcess {
  const path = process.env['PATH'] ?? ''
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: path, ...env } })
  child.stdin.on('error', () => {})
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** Waits for the end of a process. */
export async function ended(child: LonghaulProcess): Promise<Result> {
  const closed = once(child, 'close')
  const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr)])
  const [status] = (await closed) as [number | null]
  return { status, stdout, stderr }
}

/** With a byte order mark, where there is one; a TextDecoder would take it away. */
async function textOf(stream: Readable): Promise<string> {
  return (await buffer(stream)).toString()
}

/** Runs the bundle to its end. */
export function longhaul(args: readonly string[], { stdin = '', env = {} }: Call = {}): Promise<Result> {
  const child = start(args, env)
  child.stdin.end(stdin)
  return ended(child)
}

/** Runs a line of shell in which `longhaul` is the bundle. */
export function shell(line: string, env: Record<string, string> = {}): Promise<Result> {
  const command = `"${process.execPath}" "${bundle}" "$@"`
  // Without exec, a signal to a call in the background reaches only the shell around it.
  const definition = `longhaul() { ${command}; }\nexec_longhaul() { exec ${command}; }`
  const child = startCommand('bash', ['--norc', '-o', 'pipefail', '-c', `${definition}\n${line}`], env)
  child.stdin.end()
  return ended(child)
}

/** What every colour begins with. */
export const csi = `${String.fromCharCode(27)}[`

/** Why nothing can be run on a pseudo-terminal here; undefined where it can. */
export const noPseudoTerminal = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes(
  'util-linux',
)
  ? undefined
  : 'skipped: script of util-linux is not here'

interface TerminalCall {
  env?: Record<string, string>
  /** Time after which the call gets a SIGINT; without it, it ends on its own. */
  endAfterSeconds?: number
}

/** What a call prints on a pseudo-terminal; it must end well. */
export async function onTerminal(
  args: readonly string[],
  { env = {}, endAfterSeconds }: TerminalCall = {},
): Promise<string> {
  const limit =
    endAfterSeconds === undefined ? '' : `timeout --foreground --preserve-status -s INT ${endAfterSeconds} `
  const line = `${limit}"${process.execPath}" "${bundle}" ${args.join(' ')}`
  const child = startCommand('script', ['-qec', line, '/dev/null'], {
    TERM: 'xterm',
    SHELL: '/bin/sh',
    ...env,
  })
  child.stdin.end()
  const { status, stdout } = await ended(child)
  if (status !== 0) throw new Error(`ended with status ${status}: ${stdout}`)
  return stdout
}

/** Runs a call inside this process; where something is typed, stdin and stderr are a terminal. */
export async function runHere(
  args: readonly string[],
  { stdin, typed, ...more }: { stdin?: string; typed?: string } & Partial<Omit<Terminal, 'stdin'>> = {},
): Promise<Result> {
  const stdout = new PassThrough()
  const stderr = Object.assign(new PassThrough(), { isTTY: typed !== undefined })
  const input = Object.assign(Readable.from([stdin ?? typed ?? '']), { isTTY: stdin === undefined })
  const terminal = { stdin: input, stdout, stderr, isColoured: false, onSignal: () => () => {}, ...more }
  const read = Promise.all([textOf(stdout), textOf(stderr)])
  const status = await run(args, terminal)
  stdout.end()
  stderr.end()
  const [out, err] = await read
  return { status, stdout: out, stderr: err }
}

/** A folder with files in it, removed after the test. */
export async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'longhaul-cli-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  return folder
}
