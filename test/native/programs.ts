/** Runs real programs, each for a bounded time and with an environment of its own. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, chmodSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { onTestFinished } from 'vitest'

export type Command = readonly [string, ...string[]]
export type Variables = Readonly<Record<string, string>>

export interface Outcome {
  readonly status: number | string | null
  readonly stdout: string
  readonly stderr: string
}

const timeoutMs = 60_000
const programFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** Nothing of the host's environment gets through, so that it can't change a result. */
const environment = (variables: Variables): Record<string, string> => ({
  PATH: programFolders.join(':'),
  ...variables,
})

export const run = (command: Command, variables: Variables = {}): Promise<Outcome> =>
  new Promise(resolve => {
    const [program, ...parameters] = command
    const options = { env: environment(variables), timeout: timeoutMs, maxBuffer: 16 * 1024 * 1024 }
    execFile(program, parameters, options, (error, stdout, stderr) => {
      resolve({ status: error ? (error.code ?? error.signal ?? null) : 0, stdout, stderr })
    })
  })

/** Starts a program that is killed when the test ends, if it still runs then. */
export const start = (command: Command, variables: Variables = {}): ChildProcess => {
  const [program, ...parameters] = command
  const child = spawn(program, parameters, {
    env: environment(variables),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
  })
  return child
}

/** The first result of check that is not undefined; throws when there is none within ten seconds. */
export const eventually = async <T>(what: string, check: () => Promise<T | undefined>): Promise<T> => {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await delay(50)) {
    const result = await check()
    if (result !== undefined) return result
  }
  throw new Error(`${what}: not within ten seconds`)
}

export const isInstalled = (program: string): boolean =>
  programFolders.some(folder => {
    try {
      accessSync(path.join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })

/** A folder that is gone when the test is. Others may enter it: some tests run as another user. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'longhaul-test-'))
  chmodSync(folder, 0o755)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
