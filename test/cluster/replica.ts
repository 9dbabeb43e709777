/** The webhook as a process: the bundle, with the rights of its service account, as the Deployment runs it. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CoreV1Api } from '@kubernetes/client-node'
import type { ControlPlane } from './control-plane.ts'
import { namespace, release } from './release.ts'

const bundle = fileURLToPath(new URL('../../dist/longhaul.js', import.meta.url))

type LogLine = Record<string, unknown> & { msg: string }

export interface Replica {
  port: number
  adminPort: number
  pid: number
  log(): LogLine[]
  /** A figure of `/metrics`, as the line before its value: `longhaul_namespaces`; 0 where there is none. */
  metric(name: string): Promise<number>
  /** Puts the ConfigMap as it is now where the process reads it, as the kubelet does after a while. */
  syncConfig(): Promise<void>
  /** Sends a signal and waits for the end; gives the exit status. */
  end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<number | null>
}

/** Starts a replica and waits until it is ready. */
export async function startReplica(controlPlane: ControlPlane): Promise<Replica> {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-replica-'))
  const configFile = join(folder, 'config.yaml')
  const core = controlPlane.admin.config.makeApiClient(CoreV1Api)
  const syncConfig = async () => {
    const { data } = await core.readNamespacedConfigMap({ namespace, name: release })
    writeFileSync(configFile, data?.['config.yaml'] ?? '')
  }
  await syncConfig()
  const { file } = await controlPlane.serviceAccount(namespace, release)
  const args = [bundle, 'serve', '--config', configFile, '--port=0', '--admin-port=0']
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { KUBECONFIG: file },
  })
  const ended = once(child, 'exit').finally(() => rmSync(folder, { recursive: true }))
  const log = logOf(child)
  const listening = await new Promise<LogLine>((resolve, reject) => {
    log.onLine(line => line.msg === 'listening' && resolve(line))
    ended.then(([status]) => reject(new Error(`the webhook ended with status ${status}`)), reject)
  })
  const adminPort = Number(listening['adminPort'])
  return {
    port: Number(listening['port']),
    adminPort,
    pid: child.pid ?? 0,
    log: log.lines,
    syncConfig,
    async metric(name) {
      const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
      const line = text.split('\n').find(each => each.startsWith(`${name} `))
      return Number(line?.split(' ').at(-1) ?? 0)
    },
    async end(signal) {
      child.kill(signal)
      const [status] = await ended
      return status
    },
  }
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
