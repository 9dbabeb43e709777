/**
 * A container: a process tree in a mount and a PID namespace of its own, in the network namespace of its
 * pod. Its first process is the program itself, as in Kubernetes.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { V1Container } from '@kubernetes/client-node'
import { type Host, onHost } from '../hosts/network.ts'
import { type Command, program } from '../hosts/program.ts'
import { commandOf, type Variables } from './environment.ts'
import { type Output, openOutput } from './output.ts'
import { mountAndRun } from './volumes.ts'

export interface Container {
  name: string
  /** The lines of its output so far. */
  log: readonly Line[]
  /** Set once its processes have ended. */
  end?: { status: number | string; atMs: number }
  /** Emits `change` whenever one of these two has changed. */
  events: EventEmitter<{ change: [] }>
  /** Settles when its processes have ended. */
  ended: Promise<void>
  /** Runs a program inside to its end, as an exec hook. */
  exec(command: readonly string[]): Promise<string>
  signal(name: 'SIGTERM' | 'SIGKILL'): void
}

export interface Line {
  text: string
  /** By the lab's clock, performance.now(). */
  atMs: number
}

export interface Place {
  host: Host
  /** As mount-and-run.sh takes them. */
  mounts: readonly string[]
  variables: Variables
}

/** What containers see as their working directory. */
const workingDirectory = new URL('..', import.meta.url).pathname
const ownNamespaces = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc']

/** Starts a container; when the promise settles, its program runs, or has ended already. */
export async function startContainer(spec: V1Container, place: Place): Promise<Container> {
  const [name, ...args] = containerCommand(spec, place)
  const output = await openOutput()
  const { descriptor } = output
  const child = spawn(name, args, {
    cwd: workingDirectory,
    env: {},
    stdio: ['ignore', descriptor, descriptor],
  })
  output.handedOver()
  const container = watch(spec.name, child, output)
  const pid = await firstProcess(child)
  return Object.assign(container, {
    exec: (command: readonly string[]) => program(['nsenter', '--all', `--target=${pid}`, '--', ...command]),
    signal: (signal: 'SIGTERM' | 'SIGKILL') => {
      if (pid !== undefined && isRunning(child)) process.kill(pid, signal)
    },
  })
}

/** All that a container has written, for messages. */
export function said({ log }: Pick<Container, 'log'>): string {
  return log.map(({ text }) => text).join('\n')
}

function containerCommand(spec: V1Container, { host, mounts, variables }: Place): Command {
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
  const command = ['env', ...assignments, ...commandOf(spec, variables)]
  const rooted = [mountAndRun, ...mounts, '--', ...asUser(spec.securityContext?.runAsUser), ...command]
  return onHost(host, ['/usr/bin/unshare', ...ownNamespaces, ...rooted])
}

/** A user namespace around the program, in which it is that user: works without real root too. */
function asUser(id: number | undefined): string[] {
  return id === undefined ? [] : ['unshare', '--user', `--map-user=${id}`, `--map-group=${id}`]
}

function watch(name: string, child: ChildProcess, { lines }: Output): Omit<Container, 'exec' | 'signal'> {
  const events: Container['events'] = new EventEmitter()
  events.setMaxListeners(0)
  const log: Line[] = []
  lines.on('line', text => {
    log.push({ text, atMs: performance.now() })
    events.emit('change')
  })
  const ended = Promise.all([once(child, 'exit'), once(lines, 'close')]).then(([[status, signal]]) => {
    container.end = { status: status ?? signal, atMs: performance.now() }
    events.emit('change')
  })
  const container: Omit<Container, 'exec' | 'signal'> = { name, log, events, ended }
  return container
}

/**
 * The id of the container's first process: the only child of unshare, which is what nsenter becomes. Waits
 * until the mounts are made and the program has taken its place.
 */
async function firstProcess(child: ChildProcess): Promise<number | undefined> {
  for (; isRunning(child); await delay(10)) {
    const pid = childOf(child.pid ?? 0)
    const commandLine = pid === undefined ? '' : read(`/proc/${pid}/cmdline`)
    if (commandLine !== '' && !commandLine.includes(mountAndRun)) return pid
  }
  return undefined
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

function childOf(pid: number): number | undefined {
  const [first] = read(`/proc/${pid}/task/${pid}/children`).split(' ')
  return first === undefined || first === '' ? undefined : Number(first)
}

/** A file of /proc; empty for a process that is not there, or no more. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
