/** From the start of the process to its first answer over TLS, beside a bare bundled fastify in the same run. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { bundleOptions } from '../../esbuild.config.ts'
import { createAuthority, createLeaf } from '../../src/admission/certificates.ts'
import { type Figure, median } from './figures.ts'
import { reviewBody } from './review.ts'
import { longhaulArguments } from './servers.ts'

const turns = 15

export async function run(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-bench-'))
  try {
    const reference = [await bundleReference(folder), folder]
    const longhaul = longhaulArguments(folder)
    await firstAnswerMs(reference)
    await firstAnswerMs(longhaul)
    const pairs: { longhaul: number; reference: number }[] = []
    for (let turn = 0; turn < turns; turn++) {
      pairs.push({ longhaul: await firstAnswerMs(longhaul), reference: await firstAnswerMs(reference) })
    }
    const ratios = pairs.map(pair => pair.longhaul / pair.reference)
    return [
      {
        what: 'bare bundled fastify, certificate given',
        value: median(pairs.map(pair => pair.reference)),
        unit: 'ms',
      },
      { what: 'longhaul, standalone', value: median(pairs.map(pair => pair.longhaul)), unit: 'ms' },
      {
        what: 'longhaul to bare fastify, start to first answer',
        value: median(ratios),
        unit: 'times',
        limit: 2.5,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function bundleReference(folder: string): Promise<string> {
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) }
  const { key, cert } = await createLeaf(await createAuthority('bench', validity), ['localhost'], validity)
  writeFileSync(join(folder, 'tls.key'), key)
  writeFileSync(join(folder, 'tls.crt'), cert)
  const outfile = join(folder, 'bare-fastify.mjs')
  const entry = new URL('bare-fastify.ts', import.meta.url).pathname
  await build({ ...bundleOptions, entryPoints: [entry], outfile })
  return outfile
}

async function firstAnswerMs(args: readonly string[]): Promise<number> {
  const startedMs = performance.now()
  // As in the webhook's image: nothing compiled is kept from the start before.
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' }
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env })
  let output = ''
  for await (const chunk of child.stdout) {
    output += chunk
    if (/"port":(\d+)/.test(output)) break
  }
  await ask(Number(/"port":(\d+)/.exec(output)?.[1]))
  const tookMs = performance.now() - startedMs
  const exited = once(child, 'exit')
  child.kill('SIGINT')
  await exited
  return tookMs
}

function ask(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = {
      port,
      host: '127.0.0.1',
      path: '/mutate',
      method: 'POST',
      agent: false as const,
      rejectUnauthorized: false,
    }
    const call = request({ ...options, headers: { 'content-type': 'application/json' } }, response => {
      response.resume().on('end', resolve)
    })
    call.on('error', reject).end(reviewBody)
  })
}
