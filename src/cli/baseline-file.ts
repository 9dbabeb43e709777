/** The baseline that `longhaul check` was given. */

import { readFile, writeFile } from 'node:fs/promises'
import { type Baseline, baselineText, readBaseline } from '../check/baseline.ts'
import type { Finding } from '../check/findings.ts'
import { readFault } from '../manifests/inputs.ts'
import { CommandError, exitStatus } from './command-error.ts'

/** Throws a CommandError where it can't be read. */
export async function loadBaseline(file: string): Promise<Baseline> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CommandError(`${file}: ${readFault(error)}`, exitStatus.wrongInput)
  })
  const baseline = readBaseline(text)
  if ('mistake' in baseline) throw new CommandError(`${file} ${baseline.mistake}`, exitStatus.wrongInput)
  return baseline
}

/** Throws a CommandError where it can't be written. */
export async function saveBaseline(file: string, findings: readonly Finding[]): Promise<void> {
  await writeFile(file, baselineText(findings)).catch((error: unknown) => {
    throw new CommandError(`${file}: ${(error as Error).message}`, exitStatus.failed)
  })
}
