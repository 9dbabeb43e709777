/**
 * `npm run build`: one file with everything in it, which Node starts in a fifth of the time. With `--portable` it
 * has no code cache, and is the same wherever it is built.
 */

import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { codeCacheOf, executable, programOf } from './code-cache.ts'

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
    js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)",
  },
} as const satisfies BuildOptions

/**
 * A module, with all that it imports, as a compressed text that is compiled when it is first needed. V8 reads
 * through all of a file before it runs the first line: the client library of Kubernetes, which only a cluster
 * needs, would take 60 ms from every start, and 15 ms still as a text of 2 MB.
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
    const packed = Buffer.from('${gzipSync(text, { level: 9 }).toString('base64')}', 'base64')
    const text = require('node:zlib').gunzipSync(packed).toString()
    const compiled = require('node:vm').compileFunction(text, parameters)
    compiled(module, exports, require)`
}

/**
 * An index that loads each of its parts when it is asked for. That of prom-client would load a push gateway,
 * a cluster's metrics and those of the process, which take 10 ms.
 */
function loadedByPart(index: RegExp): Plugin {
  return {
    name: 'loaded-by-part',
    setup({ onLoad }) {
      onLoad({ filter: index }, async ({ path }) => {
        const text = await readFile(path, 'utf8')
        const part = /^exports\.(\w+) =\s*(require\([^;]*);$/gm
        const getter = "Object.defineProperty(exports, '$1', { enumerable: true, get: () => $2 });"
        return { contents: text.replace(part, getter), loader: 'js' }
      })
    },
  }
}

/**
 * What is never used, and would take 12 ms of every start:
 * - of X.509 the types for RSA keys, certificate requests and signed messages, which selfsigned's library
 *   defines as it is loaded; certificates of Longhaul's own are P-256 and have none of it;
 * - fastify's compilers of schemas and its requests for tests.
 */
const unused =
  /\/(@peculiar\/asn1-(cms|csr|pfx|pkcs8|pkcs9|rsa|x509-attr)|@fastify\/(ajv|fast-json-stringify)-compiler|light-my-request)\//

function leftOut(module: RegExp): Plugin {
  return {
    name: 'left-out',
    setup({ onLoad }) {
      onLoad({ filter: module }, () => ({ contents: 'module.exports = {}', loader: 'js' }))
    },
  }
}

if (import.meta.main) {
  const { outputFiles } = await build({
    ...bundleOptions,
    format: 'cjs',
    banner: {},
    plugins: [putAside(/\/kubernetes\.ts$/), loadedByPart(/\/prom-client\/index\.js$/), leftOut(unused)],
    entryPoints: ['src/main.ts'],
    write: false,
    define: { BUILD_COMMIT: JSON.stringify(commit()) },
  })
  const program = programOf(outputFiles[0]?.text ?? '')
  const cache = process.argv.includes('--portable') ? undefined : await codeCacheOf(program)
  await mkdir('dist', { recursive: true })
  await writeFile('dist/longhaul.js', executable(program, cache))
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
