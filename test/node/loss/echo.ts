/** A server on a node that is going to be lost, and clients that notice, or don't. */

import { readFileSync } from 'node:fs'
import type { V1Pod, V1Probe } from '@kubernetes/client-node'
import type { Node } from '../nodes/node.ts'
import { podOf } from '../pods.ts'

/** Waits for what the server says next, or asks it each second. */
export type Kind = 'waits' | 'sends'

/** A Deployment of one server, on the node while that is there, and its Service. */
export function echoServer(
  name: string,
  node: Node,
  readiness: V1Probe = { tcpSocket: { port: 8080 } },
): object[] {
  const isOnNode = { key: 'kubernetes.io/hostname', operator: 'In', values: [node.name] }
  const preferred = [{ weight: 100, preference: { matchExpressions: [isOnNode] } }]
  const { metadata, spec } = podOf(name, python('echo.py'), {
    container: { readinessProbe: { ...readiness, periodSeconds: 1 } },
    spec: { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } } },
  })
  const labels = metadata?.labels ?? {}
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: labels, ports: [{ port: 8080 }] },
    },
  ]
}

/** A client on the node; see asking.py for what it says. */
export function echoClient(
  name: string,
  host: string,
  kind: Kind,
  node: Node,
  annotations: Record<string, string>,
): V1Pod {
  return podOf(name, [...python('asking.py'), host, kind], { annotations, spec: { nodeName: node.name } })
}

/** For each connection that a client says is lost: after how many seconds. */
export function lossesIn(log: string): number[] {
  return [...log.matchAll(/^lost (\S+)/gm)].map(([, seconds]) => Number(seconds))
}

function python(file: string): string[] {
  return ['python3', '-c', readFileSync(new URL(file, import.meta.url), 'utf8')]
}
