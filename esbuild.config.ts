/** `npm run build`: the program in few files, which Node starts in a fifth of the time that its modules take. */

import { execFileSync } from 'node:child_process'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'

export const bundleOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  // Of packages that come in both forms the one of ES modules: what they import and don't use is left out.
  mainFields: ['module', 'main'],
  target: 'node22',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  banner: {
    // What is CommonJS in the dependencies asks for Node's own modules by require.
    js: "import { createRequire as requireOfFile } from 'node:module'\nconst require = requireOfFile(import.meta.url)",
  },
} as const satisfies BuildOptions

if (import.meta.main) {
  const { metafile } = await build({
    ...bundleOptions,
    // What `await import` asks for is a file of its own, such as the client library of Kubernetes.
    splitting: true,
    entryPoints: { longhaul: 'src/main.ts' },
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    metafile: true,
    define: { BUILD_COMMIT: JSON.stringify(commit()) },
  })
  await removeOthers('dist/chunks', Object.keys(metafile.outputs))
}

/** Removes what builds before this one have left. */
async function removeOthers(folder: string, files: readonly string[]): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name)
    if (!files.includes(file)) await rm(file)
  }
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
