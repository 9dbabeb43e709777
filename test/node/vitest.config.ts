/** A suite of its own, since its files share one cluster, which takes its time to start. */

import { defineConfig } from 'vitest/config'
import { CrashesLast } from './crashes-last.ts'

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/node/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts', 'test/node/global-setup.ts'],
    // One after the other: a rollout under load is no neighbour for nodes that lose power.
    fileParallelism: false,
    sequence: { sequencer: CrashesLast },
    // What fails once in a hundred runs must be told whole.
    chaiConfig: { truncateThreshold: 0 },
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
