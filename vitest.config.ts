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

// Minutes of waiting for timers: CI does it. An empty variable, 0 and false say no, as those of CI systems do.
const withSlow = [process.env['CI'], process.env['LONGHAUL_SLOW']].some(
  value => !['', '0', 'false', undefined].includes(value),
)
const slow = ['test/lab/lab.test.ts']
if (!withSlow)
  process.stderr.write(`${slow.join(', ')} is skipped: slow; LONGHAUL_SLOW=1 runs it, as CI does\n`)

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      ...configDefaults.exclude,
      // A suite of its own: npm run test:nodes.
      'test/node/**',
      ...(hasNativeBuild ? [] : ['test/native/**']),
      ...(withSlow ? [] : slow),
    ],
    globalSetup: 'test/global-setup.ts',
    testTimeout: 30_000,
    // What is polled for comes when the machine gets to it: the default of 1 s is a limit on that.
    expect: { poll: { timeout: 20_000 } },
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
