/**
 * Runs as root of a network and a mount namespace that nothing else is in: a client, a router and a server.
 * Two clients wait for an answer, one with the preloaded library; then the router stops forwarding, which
 * tells nobody anything, as a lost node or a NAT that forgot the flow.
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { say } from './narrate.ts'
import { waitingClient } from './waiting-client.ts'

const binary = new URL('../../native/build/longhaul', import.meta.url).pathname
const serverScript = new URL('silent-server.ts', import.meta.url).pathname
const serverAddress = '10.77.2.2'
const patienceSeconds = 15
/** Idle 2 s, then 3 probes a second apart: short, so that the demo is. */
const timers = 'idle=2,interval=1,probes=3,user_timeout=5000'

const folder = mkdtempSync(join(tmpdir(), 'longhaul-demo-'))
const children: ChildProcess[] = []
try {
  makeNetwork()
  execFileSync(binary, ['install', folder])
  await experiment()
} finally {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
}

async function experiment(): Promise<void> {
  const server = start('server', [process.execPath, serverScript], {})
  const url = `http://${serverAddress}:${await firstLine(server)}/`
  const { name, command } = waitingClient(url)
  say(`${name} asks a server that takes its time, twice: as it is, and with libkeepalive.so preloaded`)
  say(`(LONGHAUL_KEEPALIVE=${timers}). Both send their request, and wait.`)
  const preload = { LD_PRELOAD: join(folder, 'libkeepalive.so'), LONGHAUL_KEEPALIVE: timers }
  const bare = start('client', command, {})
  const preloaded = start('client', command, preload)
  await requests(server, 2)
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '0')
  say('\nThe router stops forwarding. No packet tells either side.')
  const cutMs = performance.now()
  const results = await Promise.all([noticed(preloaded, cutMs), noticed(bare, cutMs)])
  say(`  with Longhaul:    ${results[0]}`)
  say(`  without Longhaul: ${results[1]}`)
  if (preloaded.exitCode === null) throw new Error('the client with the library did not notice')
}

async function noticed(client: ChildProcess, cutMs: number): Promise<string> {
  const errorLine = lastLine(client)
  const ended = once(client, 'exit').then(() => performance.now())
  const endMs = await Promise.race([ended, delay(patienceSeconds * 1000, undefined, { ref: false })])
  if (endMs === undefined) return `still waiting after ${patienceSeconds} s, when the demo gives up`
  return `noticed after ${((endMs - cutMs) / 1000).toFixed(1)} s: ${await errorLine}`
}

/** Two links, and a router between them: this namespace itself. */
function makeNetwork(): void {
  ip('link set lo up')
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/run'])
  for (const [index, name] of ['client', 'server'].entries()) {
    const net = `10.77.${index + 1}`
    ip(`netns add ${name}`)
    ip(`link add to-${name} type veth peer name eth0 netns ${name}`)
    ip(`addr add ${net}.1/24 dev to-${name}`)
    ip(`link set to-${name} up`)
    ip(`-n ${name} link set lo up`)
    ip(`-n ${name} addr add ${net}.2/24 dev eth0`)
    ip(`-n ${name} link set eth0 up`)
    ip(`-n ${name} route add default via ${net}.1`)
  }
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1')
}

function ip(call: string): void {
  execFileSync('ip', call.split(' '))
}

function start(
  namespace: string,
  command: readonly string[],
  variables: Record<string, string>,
): ChildProcess {
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
  const args = [`--net=/run/netns/${namespace}`, 'env', ...assignments, ...command]
  const child = spawn('nsenter', args, { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  return child
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  const [chunk] = await once(stdout ?? process.stdin, 'data')
  return String(chunk).trim()
}

/** Waits until the server has got that many requests; it writes a line for each. */
async function requests({ stdout }: ChildProcess, count: number): Promise<void> {
  let lines = 0
  while (lines < count) {
    const [chunk] = await once(stdout ?? process.stdin, 'data')
    lines += String(chunk).trim().split('\n').length
  }
}

async function lastLine({ stderr }: ChildProcess): Promise<string> {
  let last = ''
  for await (const line of createInterface(stderr ?? process.stdin))
    if (line.trim() !== '') last = line.trim()
  return last
}
