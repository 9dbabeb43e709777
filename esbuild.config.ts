/** `npm run build`: one file with everything in it, which Node starts in a fifth of the time. */

import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'

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

/**
 * A module, with all that it imports, as a text that is compiled when it is first needed. V8 reads through every
 * function of a file before it runs the first line, but skips a string: the client library of Kubernetes, which
 * only a cluster needs, would take 60 ms from every start.
 */
function putAside(module: RegExp): Plugin {
  return {
    name: 'put-aside',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: module, namespace: 'file' }, ({ path, resolveDir }) => {
        return { path: resolve(resolveDir, path), namespace: 'aside' }
      })
      onLoad({ filter: /./, namespace: 'aside' }, async ({ path }) => {
        const { outputFiles } = await build({ ...bundleOptions, ...asText, entryPoints: [path] })
        return { contents: compiledWhenNeeded(outputFiles[0]?.text ?? ''), loader: 'js' }
      })
    },
  }
}

const asText = { format: 'cjs', banner: {}, minifyIdentifiers: true, keepNames: true, write: false } as const

function compiledWhenNeeded(text: string): string {
  return `const parameters = ['module', 'exports', 'require']
    const compiled = require('node:vm').compileFunction(${JSON.stringify(text)}, parameters)
    compiled(module, exports, require)`
}

if (import.meta.main) {
  await build({
    ...bundleOptions,
    plugins: [putAside(/\/kubernetes\.ts$/)],
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
