import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'
import { missingForControlPlane } from './test/cluster/binaries.ts'

// `npm ci` builds it where there is a C compiler.
const hasNativeBuild = existsSync('native/build/longhaul')
const onNativeBuild = ['test/native/**', 'test/agent/node-keepalive.test.ts', 'test/cluster/agent.test.ts']
if (!hasNativeBuild)
  process.stderr.write(`${onNativeBuild.join(', ')}: skipped, native/build is missing (make -C native)\n`)

const withoutControlPlane = missingForControlPlane()
if (withoutControlPlane !== undefined)
  process.stderr.write(`test/cluster is skipped: ${withoutControlPlane}\n`)

// Minutes of waiting for timers: CI does it. An empty variable, 0 and false say no, as those of CI systems do.
const withSlow = [process.env['CI'], process.env['LONGHAUL_SLOW']].some(
  value => !['', '0', 'false', undefined].includes(value),
)
const slow = ['test/lab/lab.test.ts']
// What other work beside it would hold up: clocks run in it, of clients or of certificates.
const alone = [...(withSlow ? slow : []), 'test/cluster/steady-load.test.ts']
if (!withSlow)
  process.stderr.write(`${slow.join(', ')} is skipped: slow; LONGHAUL_SLOW=1 runs it, as CI does\n`)

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: ['test/**/*.test.ts'],
          exclude: [
            ...configDefaults.exclude,
            // A suite of its own: npm run test:nodes.
            'test/node/**',
            ...(hasNativeBuild ? [] : onNativeBuild),
            ...slow,
            ...alone,
          ],
        },
      },
      { extends: true, test: { name: 'alone', include: alone, sequence: { groupOrder: 1 }, maxWorkers: 1 } },
    ],
    globalSetup: 'test/global-setup.ts',
    // What fails once in a hundred runs must be told whole.
    chaiConfig: { truncateThreshold: 0 },
    // Most tests wait, for sockets and processes: on two processors, vitest's own choice of one at a time takes twice as long.
    maxWorkers: Math.max(2, availableParallelism() - 1),
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
