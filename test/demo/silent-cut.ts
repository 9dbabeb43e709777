/**
 * Runs as root of a network and a mount namespace that nothing else is in: a client, a router and a server.
 * Two clients wait for an answer, one with the preloaded library; then the router stops forwarding, which
 * tells nobody anything, as a lost node or a NAT that forgot the flow.
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { newFolder, prepareFileSystem } from '../lab/hosts/file-system.ts'
import { addHost, type Host, onHost, openRouter } from '../lab/hosts/network.ts'
import { answers } from '../lab/pods/probe.ts'
import { say } from './narrate.ts'
import { waitingClient } from './waiting-client.ts'

const binary = new URL('../../native/build/longhaul', import.meta.url).pathname
const serverScript = new URL('../lab/servers/answer-later.ts', import.meta.url).pathname
const port = 8080
const patienceSeconds = 15
/** Idle 2 s, then 3 probes a second apart: short, so that the demo is. */
const timers = 'idle=2,interval=1,probes=3,user_timeout=5000'

interface Running {
  process: ChildProcess
  /** What it has written. */
  lines: string[]
}

const started: Running[] = []
try {
  await prepareFileSystem()
  await openRouter()
  const folder = newFolder('longhaul')
  execFileSync(binary, ['install', folder])
  await experiment(await addHost('client'), await addHost('server'), join(folder, 'libkeepalive.so'))
} finally {
  for (const each of started) each.process.kill('SIGKILL')
}

async function experiment(clientHost: Host, serverHost: Host, library: string): Promise<void> {
  start(serverHost, [process.execPath, serverScript], {})
  while (!(await answers({ tcpSocket: { port } }, { name: 'server' }, serverHost.address))) await delay(50)
  const { name, command } = waitingClient(`http://${serverHost.address}:${port}/`)
  say(`${name} asks a server that takes its time, twice: as it is, and with libkeepalive.so preloaded`)
  say(`(LONGHAUL_KEEPALIVE=${timers}). Both send their request, and wait.`)
  const bare = start(clientHost, command, {})
  const preloaded = start(clientHost, command, { LD_PRELOAD: library, LONGHAUL_KEEPALIVE: timers })
  await Promise.all([bare, preloaded].map(heard))
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '0')
  say('\nThe router stops forwarding. No packet tells either side.')
  const cutMs = performance.now()
  const results = await Promise.all([preloaded, bare].map(each => noticed(each, cutMs)))
  say(`  with Longhaul:    ${results[0]}`)
  say(`  without Longhaul: ${results[1]}`)
  if (preloaded.process.exitCode === null) throw new Error('the client with the library did not notice')
}

function start(host: Host, command: readonly string[], variables: Readonly<Record<string, string>>): Running {
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
  const [program, ...args] = onHost(host, ['env', ...assignments, ...command])
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  for (const input of [child.stdout, child.stderr])
    createInterface({ input }).on('line', line => line.trim() !== '' && lines.push(line.trim()))
  started.push({ process: child, lines })
  return { process: child, lines }
}

/** Settles when the server has heard the client's request. */
async function heard({ process: client, lines }: Running): Promise<void> {
  while (!lines.includes('ready')) {
    if (client.exitCode !== null) throw new Error(`the client ended: ${lines.join(' ')}`)
    await delay(50)
  }
}

async function noticed({ process: client, lines }: Running, cutMs: number): Promise<string> {
  const ended = once(client, 'close').then(() => performance.now())
  const endMs = await Promise.race([ended, delay(patienceSeconds * 1000, undefined, { ref: false })])
  if (endMs === undefined) return `still waiting after ${patienceSeconds} s, when the demo gives up`
  return `noticed after ${((endMs - cutMs) / 1000).toFixed(1)} s: ${lines.at(-1)}`
}
