import { existsSync } from 'node:fs'
import { configDefaults, defineConfig } from 'vitest/config'
import { missingForControlPlane } from './test/cluster/binaries.ts'

// `npm ci` builds it where there is a C compiler.
const hasNativeBuild = existsSync('native/build/longhaul')
if (!hasNativeBuild)
  process.stderr.write('test/native is skipped: native/build is missing (make -C native)\n')

const withoutControlPlane = missingForControlPlane()
if (withoutControlPlane !== undefined)
  process.stderr.write(`test/cluster is skipped: ${withoutControlPlane}\n`)

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(hasNativeBuild ? [] : ['test/native/**'])],
    globalSetup: 'test/global-setup.ts',
    testTimeout: 30_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // Run as a process by the tests of the command line, where coverage does not follow.
      exclude: ['src/main.ts', 'src/docs/update.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 95 },
    },
  },
})
