/** Cgroups of version 2 for tests, and programs in them. */
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync } from 'node:fs'
import path from 'node:path'
import { onTestFinished, type TestContext } from 'vitest'
import { type Outcome, run } from './programs.ts'
import { isRoot } from './sandbox.ts'

/** Where the hierarchy of version 2 is mounted; undefined where there is none. */
const root = readFileSync('/proc/mounts', 'utf8')
  .split('\n')
  .map(line => line.split(' '))
  .find(([, , type]) => type === 'cgroup2')?.[1]

/** A new cgroup, which is removed after the test. Skips it without root or cgroups of version 2. */
export const makeCgroup = (ctx: TestContext): string => {
  ctx.skip(!isRoot, 'needs root: eBPF programs are attached to cgroups')
  if (root === undefined) return ctx.skip('no cgroups of version 2 are mounted')
  const folder = mkdtempSync(path.join(root, 'longhaul-test-'))
  onTestFinished(() => rmdirSync(folder))
  return folder
}

/** One below another. */
export const makeChild = (parent: string): string => {
  const folder = path.join(parent, 'child')
  mkdirSync(folder)
  onTestFinished(() => rmdirSync(folder))
  return folder
}

/** Runs a Python program, with arguments, in a cgroup to its end. */
export const runPythonIn = (cgroup: string, program: string, ...parameters: string[]): Promise<Outcome> =>
  run([
    'sh',
    '-c',
    'echo $$ >"$0/cgroup.procs" && exec python3 -c "$@"',
    cgroup,
    program,
    cgroup,
    ...parameters,
  ])
