/** The C programs of native/test, compiled for the libc and machine that a test is about. */
import type { TestContext } from 'vitest'
import { nativeFolder } from './build.ts'
import { isInstalled, run } from './programs.ts'

export interface Recipe {
  readonly compiler?: string
  readonly flags?: readonly string[]
}

/** The number of pidfd_getfd(2), the same on all machines, for `forbid` to forbid. */
export const borrowing = '438'

/** Compiles native/test/NAME.c into the folder. Skips the test where the compiler is missing. */
export const compile = async (
  ctx: TestContext,
  name: string,
  folder: string,
  { compiler = 'gcc', flags = [] }: Recipe = {},
): Promise<string> => {
  ctx.skip(!isInstalled(compiler), `${compiler} is not installed`)
  const output = `${folder}/${name}`
  const warnings = ['-Wall', '-Wextra', '-Wconversion', '-Wshadow', '-Werror']
  const { status, stderr } = await run([
    compiler,
    '-std=gnu11',
    '-O1',
    ...warnings,
    '-o',
    output,
    `${nativeFolder}/test/${name}.c`,
    ...flags,
  ])
  if (status !== 0) throw new Error(`${compiler} ${name}.c: ${stderr}`)
  return output
}

/** Builds the library anew into the folder, with variables of the Makefile. Skips the test where the compiler is missing. */
export const makeLibrary = async (
  ctx: TestContext,
  folder: string,
  variables: { readonly CC: string; readonly SANITIZE?: string },
): Promise<string> => {
  ctx.skip(!isInstalled(variables.CC), `${variables.CC} is not installed`)
  const output = `${folder}/libkeepalive.so`
  const assignments = Object.entries(variables).map(pair => pair.join('='))
  const { status, stderr } = await run([
    'make',
    '-C',
    nativeFolder,
    `BUILD=${folder}`,
    ...assignments,
    output,
  ])
  if (status !== 0) throw new Error(`make ${output}: ${stderr}`)
  return output
}

/** What the kernel holds for a socket, as the fixtures print it. */
export interface SocketOptions {
  readonly name: string
  readonly keepalive: number
  readonly idle: number
  readonly interval: number
  readonly probes: number
  readonly userTimeout: number
  readonly typeOfService: number
}

export const parseOptions = (lines: string): SocketOptions[] =>
  lines
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as SocketOptions)
