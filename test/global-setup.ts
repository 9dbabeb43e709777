/** Builds the bundle once, so that tests of the command line run what users run. */

import { execFileSync } from 'node:child_process'

export function setup(): void {
  execFileSync(process.execPath, ['esbuild.config.ts'], { stdio: 'inherit' })
}
