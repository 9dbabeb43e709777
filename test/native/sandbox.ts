import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { nativeFolder } from './build.ts'

/**
 * A stand-in for a container: a network, PID and mount namespace of its own, in which process 1 has a log as
 * its standard output. Whoever isn't root gets a user namespace around it. Ending process 1 ends all in it.
 */
export type Sandbox = AsyncDisposable & {
  /** Runs a program in it to its end. */
  run: (argv: readonly string[], options?: RunOptions) => Promise<Finished>
  /** Starts one; `finished` settles when it has ended. */
  start: (argv: readonly string[], options?: RunOptions) => Started
  /** Starts `native/test/peer.py`. */
  peer: (options?: RunOptions) => Peer
  /** Starts one outside, as a pod's clients are: in a network of its own, joined to the sandbox's by a cable. */
  outsider: () => Promise<Peer>
  /** Its established connections as `ss` shows them, one a line. */
  established: (...filter: readonly string[]) => Promise<string[]>
  /** What process 1's standard output has received. */
  log: () => string
  /** The id of process 1 as seen from outside. */
  pid: number
  /** What a call begins with that runs in it. */
  enter: readonly string[]
}

export type RunOptions = {
  /** The user id to run as; needs real root. */
  uid?: number
  /** Capabilities to leave out of the bounding set, such as `sys_ptrace`. */
  without?: readonly string[]
  /** What runs it, such as `env` with variables. */
  through?: readonly string[]
  /** How long it may take before it is ended. */
  timeoutMs?: number
}

export type SandboxOptions = {
  /** The sandbox whose network it shares, as the containers of a pod do. */
  networkOf?: Sandbox
  /** Capabilities that process 1 is to lack; needs real root. */
  without?: readonly string[]
}

export type Finished = { status: number | null; stdout: string; stderr: string; ms: number }

export type Started = {
  process: ChildProcess
  finished: Promise<Finished>
  /** Settles when its standard output holds that text. */
  printed: (text: string) => Promise<void>
}

export type Peer = Started & {
  /** Sends a command of peer.py and returns its answer. */
  ask: (command: string) => Promise<Answer>
}

export type Endpoint = { address: string; port: number }

/** The fields of all answers; which ones are there depends on the command. */
export type Answer = Endpoint & {
  local: Endpoint[]
  values: number[]
  pid: number
  accepted: number
  ended: number
  reset: number
  aborted: number
  received: number
  open: number
}

export const hasMptcp = existsSync('/proc/sys/net/mptcp')
export const isRoot = process.getuid?.() === 0

/** The system's: one that a version manager put into a home folder can't be run by other users. */
const python = '/usr/bin/python3'
/** The addresses of a sandbox on the cable to those outside; theirs end in 2. */
export const podAddress = '10.77.0.1'
export const podAddressIpv6 = 'fd77::1'
const outsideAddresses = ['10.77.0.2/24', 'fd77::2/64']

const userNamespace = isRoot ? [] : ['--user', '--map-root-user']
const ownNamespaces = ['unshare', ...userNamespace, '--net']
const ownProcesses = ['--pid', '--fork', '--mount-proc', '--kill-child']

/** Why there can't be a sandbox here, if so: tests are then skipped. */
export function missingForSandbox(): string | undefined {
  const [program = '', ...argv] = [...ownNamespaces, ...ownProcesses, 'ip', 'link']
  if (spawnSync(program, argv).status !== 0) return 'needs ip, and unshare with the right to make namespaces'
  const tools = [
    [python, '--version'],
    ['ss', '--version'],
    ['nsenter', '--version'],
    ['setpriv', '--version'],
  ]
  const missing = tools.filter(([tool = '', option = '']) => spawnSync(tool, [option]).status !== 0)
  return missing.length === 0 ? undefined : `not installed: ${missing.map(([tool]) => tool).join(', ')}`
}

export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-sandbox-'))
  const logPath = join(folder, 'log')
  const joined = options.networkOf
  const network = joined ? [...nsenter(joined.pid, ['--net']), 'unshare'] : ownNamespaces
  const script = 'ip link set lo up && echo ready >&2 && exec cat'
  const program = [...restrictions(options), 'sh', '-c', script]
  const init = spawnProgram([...network, ...ownProcesses, ...program], {
    stdio: ['pipe', openSync(logPath, 'a'), 'pipe'],
  })
  await init.printed('ready')
  const pid = childOf(init.process.pid ?? 0)
  const enter = nsenter(pid, ['--net', '--pid', '--mount'])
  const start = (argv: readonly string[], runOptions: RunOptions = {}): Started =>
    spawnProgram([...enter, ...restrictions(runOptions), ...(runOptions.through ?? []), ...argv], {
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: runOptions.timeoutMs ?? 60_000,
    })
  const run = (argv: readonly string[], runOptions?: RunOptions): Promise<Finished> => {
    const started = start(argv, runOptions)
    started.process.stdin?.end()
    return started.finished
  }
  const peer = [python, join(nativeFolder, 'test/peer.py')]
  let outside: Promise<number> | undefined
  return {
    start,
    run,
    pid,
    enter,
    peer: peerOptions => createPeer(start(peer, peerOptions)),
    outsider: async () => {
      outside ??= connectOutside(start, run)
      return createPeer(start(['nsenter', '--net', '--target', String(await outside), ...peer]))
    },
    established: async (...filter) => {
      const { stdout } = await run(['ss', '-Htn', 'state', 'established', ...filter])
      return stdout.split('\n').filter(line => line !== '')
    },
    log: () => readFileSync(logPath, 'utf8'),
    [Symbol.asyncDispose]: async () => {
      init.process.stdin?.end()
      await init.finished
      rmSync(folder, { recursive: true })
    },
  }
}

/** Makes the network outside; the id, in the sandbox, of the process that holds it. */
async function connectOutside(start: Sandbox['start'], run: Sandbox['run']): Promise<number> {
  const holder = createPeer(start(['unshare', '--net', python, join(nativeFolder, 'test/peer.py')]))
  const { pid } = await holder.ask('state')
  const there = `nsenter --net --target ${pid} ip`
  const script = [
    `ip link add cable type veth peer name cable netns ${pid}`,
    `ip address add ${podAddress}/24 dev cable`,
    `ip address add ${podAddressIpv6}/64 dev cable nodad`,
    ...outsideAddresses.map(address => `${there} address add ${address} dev cable nodad`),
    `${there} link set cable up`,
    'ip link set cable up',
  ]
  const { status, stderr } = await run(['sh', '-c', script.join(' && ')])
  if (status !== 0) throw new Error(`can't connect the networks: ${stderr}`)
  return pid
}

/** Runs a program outside of any sandbox. */
export function runOutside(argv: readonly string[]): Promise<Finished> {
  const started = spawnProgram(argv, { stdio: ['pipe', 'pipe', 'pipe'], timeout: 60_000 })
  started.process.stdin?.end()
  return started.finished
}

function nsenter(pid: number, namespaces: readonly string[]): string[] {
  const user = isRoot ? [] : ['--user', '--preserve-credentials']
  return ['nsenter', '--target', String(pid), ...user, ...namespaces]
}

function restrictions({ uid, without }: RunOptions): string[] {
  const user = uid === undefined ? [] : [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']
  const bounds = without === undefined ? [] : [`--bounding-set=${without.map(name => `-${name}`).join(',')}`]
  return user.length + bounds.length === 0 ? [] : ['setpriv', ...user, ...bounds]
}

/** The only child of a process: unshare forks, since only children enter a new PID namespace. */
function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim())
}

type SpawnOptions = { stdio: ('pipe' | number)[]; timeout?: number }

function spawnProgram([program = '', ...argv]: readonly string[], options: SpawnOptions): Started {
  // Before the spawn, which a busy machine returns from late: what was asked to take a time has then taken it.
  const startMs = performance.now()
  const child = spawn(program, argv, options)
  const text = { stdout: '', stderr: '' }
  const waiting = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk
      for (const check of waiting) check()
    })
  }
  const finished = new Promise<Finished>((done, failed) => {
    child.once('error', failed)
    child.once('close', status => done({ status, ...text, ms: performance.now() - startMs }))
  })
  const printed = (wanted: string): Promise<void> =>
    new Promise((done, failed) => {
      const check = (): void => {
        if (!`${text.stdout}${text.stderr}`.includes(wanted)) return
        waiting.delete(check)
        done()
      }
      waiting.add(check)
      finished.then(
        () => failed(new Error(`${program} ended without printing ${wanted}: ${text.stderr}`)),
        failed,
      )
      check()
    })
  return { process: child, finished, printed }
}

function createPeer(started: Started): Peer {
  const waiting: ((line: string) => void)[] = []
  const { stdin, stdout } = started.process
  if (stdin === null || stdout === null) throw new Error('a peer is spoken to over pipes')
  createInterface({ input: stdout }).on('line', line => waiting.shift()?.(line))
  const ask = async (command: string): Promise<Answer> => {
    const line = await Promise.race([
      new Promise<string>(done => {
        waiting.push(done)
        stdin.write(`${command}\n`)
      }),
      started.finished.then(({ stderr }) =>
        Promise.reject(new Error(`${command}: the peer ended: ${stderr}`)),
      ),
    ])
    const answer = JSON.parse(line) as Answer & { error?: string }
    if (answer.error !== undefined) throw new Error(`${command}: ${answer.error}`)
    return answer
  }
  return { ...started, ask }
}
