/** The webhook as a process: the bundle, with the rights of its service account, as the Deployment runs it. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CoreV1Api } from '@kubernetes/client-node'
import type { ControlPlane } from './control-plane.ts'
import { findFreePort } from './free-port.ts'
import { namespace, release } from './release.ts'

const bundle = fileURLToPath(new URL('../../dist/longhaul.js', import.meta.url))

type LogLine = Record<string, unknown> & { msg: string }

/** A replica that may not be ready yet. */
export interface StartingReplica {
  adminPort: number
  pid: number
  log(): readonly LogLine[]
  /** What `/metrics` says. */
  metrics(): Promise<string>
  /** A figure of it, as the line before its value: `longhaul_namespaces`; 0 where there is none. */
  metric(name: string): Promise<number>
  /** Sends a signal and waits for the end; gives the exit status. */
  end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<number | null>
  /** Rejects where the process ends before it is ready. */
  ready: Promise<Replica>
}

export interface Replica extends Omit<StartingReplica, 'ready'> {
  port: number
  /** Puts the ConfigMap as it is now where the process reads it, as the kubelet does after a while. */
  syncConfig(): Promise<void>
}

/** Starts a replica and waits until it is ready. */
export async function startReplica(controlPlane: ControlPlane): Promise<Replica> {
  return (await launchReplica(controlPlane)).ready
}

/** Starts a replica. */
export async function launchReplica(controlPlane: ControlPlane): Promise<StartingReplica> {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-replica-'))
  const configFile = join(folder, 'config.yaml')
  const core = controlPlane.admin.config.makeApiClient(CoreV1Api)
  const syncConfig = async () => {
    const { data } = await core.readNamespacedConfigMap({ namespace, name: release })
    // At one stroke, as the kubelet does it.
    writeFileSync(`${configFile}.new`, data?.['config.yaml'] ?? '')
    renameSync(`${configFile}.new`, configFile)
  }
  await syncConfig()
  const { file } = await controlPlane.serviceAccount(namespace, release)
  const adminPort = await findFreePort()
  const args = [bundle, 'serve', '--config', configFile, '--port=0', `--admin-port=${adminPort}`]
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { KUBECONFIG: file },
  })
  const ended = once(child, 'exit').finally(() => rmSync(folder, { recursive: true }))
  const log = logOf(child)
  const metrics = async () => (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
  const replica = {
    adminPort,
    pid: child.pid ?? 0,
    log: log.lines,
    metrics,
    async metric(name: string) {
      const line = (await metrics()).split('\n').find(each => each.startsWith(`${name} `))
      return Number(line?.split(' ').at(-1) ?? 0)
    },
    async end(signal: NodeJS.Signals) {
      child.kill(signal)
      const [status] = await ended
      return status
    },
  }
  const ready = new Promise<Replica>((resolve, reject) => {
    log.onLine(line => {
      if (line.msg === 'listening') resolve({ ...replica, port: Number(line['port']), syncConfig })
    })
    ended.then(([status]) => reject(new Error(`the webhook ended with status ${status}`)), reject)
  })
  // One that was ended on purpose rejects as well.
  ready.catch(() => {})
  return { ...replica, ready }
}

function logOf({ stdout }: ChildProcess) {
  const lines: LogLine[] = []
  const listeners: ((line: LogLine) => void)[] = []
  let rest = ''
  stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      const line = JSON.parse(part) as LogLine
      lines.push(line)
      for (const listener of listeners) listener(line)
    }
  })
  return {
    lines: () => lines,
    onLine: (listener: (line: LogLine) => void) => void listeners.push(listener),
  }
}
