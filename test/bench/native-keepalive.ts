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

type Loop = 'sockets' | 'options' | 'other' | 'timers'

const loopUs = (program: string, loop: Loop, variables: Record<string, string>): number =>
  Number(execFileSync(program, [loop, `${socketRounds}`], { env: variables, encoding: 'utf8' })) / 1000

const preloaded = { LD_PRELOAD: library, LONGHAUL_KEEPALIVE: 'user_timeout=auto' }

/** Those that are compared take turns, so that another load on the machine hits all of them. */
const medians = <Name extends string>(turn: () => Record<Name, number>, names: readonly Name[]): number[] => {
  const turns = Array.from({ length: repetitions }, turn)
  return names.map(name => median(turns.map(each => each[name])))
}

const socketFigures = (program: string): Figure[] => {
  const turn = () => ({
    bare: loopUs(program, 'sockets', {}),
    options: loopUs(program, 'options', {}),
    library: loopUs(program, 'sockets', preloaded),
  })
  const [bare = 0, options = 0, under = 0] = medians(turn, ['bare', 'options', 'library'])
  return [
    { what: 'socket() + close(), bare', value: bare, unit: 'µs' },
    { what: 'the same with five setsockopt() of its own', value: options, unit: 'µs' },
    { what: 'the same under libkeepalive.so', value: under, unit: 'µs' },
    {
      what: 'under libkeepalive.so, to five of its own',
      value: under / options,
      unit: 'times',
      limit: 1.05,
    },
  ]
}

const setsockoptFigures = (program: string): Figure[] => {
  const turn = () => ({
    other: loopUs(program, 'other', {}),
    otherUnder: loopUs(program, 'other', preloaded),
    timers: loopUs(program, 'timers', {}),
    timersUnder: loopUs(program, 'timers', preloaded),
  })
  const names = ['other', 'otherUnder', 'timers', 'timersUnder'] as const
  const [other = 0, otherUnder = 0, timers = 0, timersUnder = 0] = medians(turn, names)
  return [
    { what: 'four setsockopt() of other options, bare', value: other, unit: 'µs' },
    { what: 'under libkeepalive.so, to bare', value: otherUnder / other, unit: 'times', limit: 1.05 },
    { what: 'the three keepalive timers set, bare', value: timers, unit: 'µs' },
    { what: 'the same under libkeepalive.so', value: timersUnder, unit: 'µs', limit: 15 },
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
    return [...socketFigures(loop), ...setsockoptFigures(loop), installFigure(folder)]
  } finally {
    await rm(folder, { recursive: true })
  }
}

if (import.meta.main) process.exitCode = report(await run()) ? 0 : 1
