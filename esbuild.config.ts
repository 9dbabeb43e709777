/** `npm run build`: one file with everything in it, which Node starts in a fifth of the time. */

import { execFileSync } from 'node:child_process'
import { type BuildOptions, build } from 'esbuild'

export const bundleOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  banner: {
    // What is CommonJS in the dependencies asks for Node's own modules by require.
    js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)",
  },
} as const satisfies BuildOptions

if (import.meta.main) {
  await build({
    ...bundleOptions,
    entryPoints: ['src/main.ts'],
    outfile: 'dist/longhaul.js',
    define: { BUILD_COMMIT: JSON.stringify(commit()) },
  })
}

/** The commit, marked where the tree differs from it; outside a git checkout there is none. */
function commit(): string {
  try {
    const describe = ['describe', '--always', '--abbrev=12', '--exclude=*', '--dirty']
    return execFileSync('git', describe, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return 'unknown commit'
  }
}
