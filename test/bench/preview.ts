/** `longhaul preview` of many Deployments: its time must grow with their number, not faster. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Figure, median } from './figures.ts'
import { longhaulBundle } from './servers.ts'

const turns = 5
const example = readFileSync(new URL('../../deploy/examples/chat.yaml', import.meta.url), 'utf8').split(
  '\n---\n',
)[0]

export async function run(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-bench-'))
  try {
    const formats = ['diff', 'yaml'].flatMap(format => measure(folder, format))
    return formats
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function measure(folder: string, format: string): Figure[] {
  const files = [0, 100, 1000].map(count => manifest(folder, count))
  const runs = Array.from({ length: turns }, () => files.map(file => previewMs(file, format)))
  const [startMs = 0, hundredMs = 0, thousandMs = 0] = files.map((_, index) =>
    median(runs.map(run => run[index] ?? 0)),
  )
  return [
    {
      what: `preview -o ${format} of 1,000 Deployments, start-up taken off`,
      value: thousandMs - startMs,
      unit: 'ms',
    },
    {
      what: `preview -o ${format}, 1,000 Deployments to 100`,
      value: (thousandMs - startMs) / (hundredMs - startMs),
      unit: 'times',
      limit: 12,
    },
  ]
}

function manifest(folder: string, count: number): string {
  const file = join(folder, `${count}.yaml`)
  const documents = Array.from({ length: count }, (_, index) =>
    example?.replaceAll('name: chat', `name: chat-${index}`),
  )
  writeFileSync(file, documents.join('\n---\n'))
  return file
}

function previewMs(file: string, format: string): number {
  const startedMs = performance.now()
  execFileSync(process.execPath, [longhaulBundle, 'preview', file, '-o', format], { maxBuffer: 1 << 30 })
  return performance.now() - startedMs
}
