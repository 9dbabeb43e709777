/** The files under test, and how a library is preloaded, with or without a sanitizer in it. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'

export const nativeFolder = path.resolve(import.meta.dirname, '../../native')

/** LONGHAUL_NATIVE_BUILD points the tests at another build, such as native/build/sanitize. */
export const buildFolder = path.resolve(
  process.env['LONGHAUL_NATIVE_BUILD'] || path.join(nativeFolder, 'build'),
)

const built = (file: string): string => {
  const filePath = path.join(buildFolder, file)
  if (!existsSync(filePath)) throw new Error(`${filePath} is missing: run make -C native`)
  return filePath
}

export const library = built('libkeepalive.so')
export const binary = built('longhaul')
export const nodeBinary = built('longhaul-node')

/** The libraries that an ELF file names as DT_NEEDED. */
export const neededBy = (elf: string): string[] =>
  execFileSync('readelf', ['-d', elf], { encoding: 'utf8' })
    .split('\n')
    .flatMap(line => /\(NEEDED\).*\[(.+)\]/.exec(line)?.[1] ?? [])

const sanitizerRuntimes = (elf: string): string[] => neededBy(elf).filter(name => /^lib[at]san/.test(name))
export const sanitized = sanitizerRuntimes(library).length > 0

const pathOf = (runtime: string): string =>
  execFileSync('gcc', [`-print-file-name=${runtime}`], { encoding: 'utf8' }).trim()

/** The programs under test leak at their end, and the JVM handles its own faults. */
const sanitizerOptions = { ASAN_OPTIONS: 'detect_leaks=0:handle_segv=0' }

/** The variables that preload the library, with others if need be. A sanitizer's runtime must come first. */
export const preload = (
  settings: Readonly<Record<string, string>> = {},
  libraries: readonly string[] = [library],
): Record<string, string> => {
  const runtimes = [...new Set(libraries.flatMap(sanitizerRuntimes))].map(pathOf)
  return {
    ...settings,
    ...(runtimes.length > 0 ? sanitizerOptions : {}),
    LD_PRELOAD: [...runtimes, ...libraries].join(':'),
  }
}
