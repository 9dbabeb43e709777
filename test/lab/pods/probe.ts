/** Readiness probes, as the kubelet makes them. The lab's router stands for the node: it reaches every pod. */

import { connect } from 'node:net'
import type { V1Container, V1Probe } from '@kubernetes/client-node'

/** True where the container answers its probe. */
export async function answers(probe: V1Probe, container: V1Container, address: string): Promise<boolean> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000
  const action = probe.httpGet ?? probe.tcpSocket
  if (action === undefined) throw new Error(`the lab has no probe of the kind that ${container.name} has`)
  const port = portOf(container, action.port)
  return probe.httpGet === undefined
    ? connects(address, port, timeoutMs)
    : isWell(`http://${address}:${port}${probe.httpGet.path ?? '/'}`, timeoutMs)
}

function portOf({ name, ports = [] }: V1Container, wanted: number | string): number {
  const port = typeof wanted === 'number' ? wanted : ports.find(each => each.name === wanted)?.containerPort
  if (port === undefined) throw new Error(`container ${name} has no port ${wanted}`)
  return port
}

function connects(host: string, port: number, timeout: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host, port, timeout })
  const settle = (result: boolean) => {
    socket.destroy()
    resolve(result)
  }
  socket
    .on('connect', () => settle(true))
    .on('error', () => settle(false))
    .on('timeout', () => settle(false))
  return promise
}

async function isWell(url: string, timeoutMs: number): Promise<boolean> {
  try {
    const { ok, body } = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
    await body?.cancel()
    return ok
  } catch {
    return false
  }
}
