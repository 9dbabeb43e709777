/** What the preloaded library costs a program, and how long an init container takes. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { type Figure, median, report } from './figures.ts'

const native = path.resolve(import.meta.dirname, '../../native')
const library = `${native}/build/libkeepalive.so`
const binary = `${native}/build/longhaul`

/** /dev/shm is a memory file system, as the volume is that pods get. */
const memoryFolder = '/dev/shm'
const socketRounds = 20_000
const repetitions = 15

const socketLoopUs = (
  loop: string,
  parameters: readonly string[],
  variables: Record<string, string>,
): number =>
  Number(execFileSync(loop, [`${socketRounds}`, ...parameters], { env: variables, encoding: 'utf8' })) / 1000

/** The three take turns, so that another load on the machine hits all of them. */
const socketFigures = (loop: string): Figure[] => {
  const turns = Array.from({ length: repetitions }, () => ({
    bare: socketLoopUs(loop, [], {}),
    options: socketLoopUs(loop, ['options'], {}),
    preloaded: socketLoopUs(loop, [], { LD_PRELOAD: library }),
  }))
  const options = median(turns.map(turn => turn.options))
  const preloaded = median(turns.map(turn => turn.preloaded))
  return [
    { what: 'socket() + close(), bare', value: median(turns.map(turn => turn.bare)), unit: 'µs' },
    { what: 'the same with five setsockopt() of its own', value: options, unit: 'µs' },
    { what: 'the same under libkeepalive.so', value: preloaded, unit: 'µs' },
    {
      what: 'under libkeepalive.so, to five of its own',
      value: preloaded / options,
      unit: 'times',
      limit: 1.05,
    },
  ]
}

const installFigure = (folder: string): Figure => {
  const runsMs = Array.from({ length: repetitions }, () => {
    const startMs = performance.now()
    execFileSync(binary, ['install', folder])
    return performance.now() - startMs
  })
  return { what: 'longhaul install into memory', value: median(runsMs), unit: 'ms', limit: 20 }
}

export const run = async (): Promise<readonly Figure[]> => {
  const folder = await mkdtemp(`${memoryFolder}/longhaul-bench-`)
  try {
    const loop = `${folder}/socket_loop`
    execFileSync('cc', ['-O2', '-o', loop, `${native}/test/socket_loop.c`])
    return [...socketFigures(loop), installFigure(folder)]
  } finally {
    await rm(folder, { recursive: true })
  }
}

if (import.meta.main) process.exitCode = report(await run()) ? 0 : 1
