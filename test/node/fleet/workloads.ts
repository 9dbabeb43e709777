/** Programs of many kinds that hold connections, each a Deployment of pods that a restricted namespace admits. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { V1Pod } from '@kubernetes/client-node'
import { type PodParts, podOf, restricted } from '../pods.ts'

const script = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8')
const java = '/usr/lib/jvm/default-java/bin/java'

/** The other end of their connections; see peer.py. */
export function peerOf(name: string, nodeName: string): V1Pod {
  const spec = { ...restricted.spec, nodeName }
  return podOf(name, ['python3', '-c', script('peer.py')], { ...restricted, spec })
}

/** Where connections go, and how many to each address. */
export type Wanted = readonly (readonly [address: string, count: number])[]

const words = (wanted: Wanted) => wanted.flat().map(String)

/** Each connects by itself, to the port of a peer. */
export const clients = {
  asyncio: (wanted: Wanted) => ['python3', '-c', script('hold.py'), ...words(wanted)],
  node: (wanted: Wanted) => ['node', '--input-type=module', '-e', script('hold.mjs'), ...words(wanted)],
  jvm: (wanted: Wanted) => [java, '-cp', '/app', 'Holding', ...words(wanted)],
} as const

/** A static program, which nothing can be preloaded into. */
export function goClient(wanted: Wanted): string[] {
  const calls = wanted.flatMap(([address, count]) =>
    Array(count).fill(`/app/waiting-go off ${address}:9000 &`),
  )
  return ['sh', '-c', `${calls.join(' ')} wait`]
}

const nginxConf = `daemon off; pid /tmp/nginx.pid; events { worker_connections 1024; }
http { access_log off; client_header_timeout 1h; client_body_temp_path /tmp; proxy_temp_path /tmp;
  fastcgi_temp_path /tmp; uwsgi_temp_path /tmp; scgi_temp_path /tmp; server { listen 8001; } }`

/** Each waits for what a peer has to say, at the port. */
export const servers = {
  nginx: {
    port: 8001,
    command: ['sh', '-c', `echo "$0" >/tmp/nginx.conf && exec nginx -e stderr -c /tmp/nginx.conf`, nginxConf],
  },
  redis: {
    port: 6379,
    command: ['redis-server', '--save', '', '--dir', '/tmp', '--protected-mode', 'no'],
  },
} as const

/** Ignores SIGURG, and hears of it by a descriptor. The peers never say who they are, which it waits for. */
export const postgresql = {
  port: 5432,
  command: [
    'sh',
    '-c',
    'cd /usr/lib/postgresql/*/bin && ./initdb --pgdata=/tmp/data --auth=trust --no-sync && ' +
      "exec ./postgres -D /tmp/data -h '*' -k '' -c authentication_timeout=600",
  ],
} as const

/** A Deployment of such pods; of a server they are Ready once it listens. */
export function deploymentOf(
  name: string,
  command: readonly string[],
  { port, replicas = 1 }: { port?: number; replicas?: number } = {},
): object {
  const readinessProbe =
    port === undefined ? {} : { readinessProbe: { tcpSocket: { port }, periodSeconds: 1 } }
  const parts: PodParts = {
    container: {
      ...restricted.container,
      ...readinessProbe,
      volumeMounts: [{ name: 'scratch', mountPath: '/tmp' }],
    },
    spec: { ...restricted.spec, volumes: [{ name: 'scratch', emptyDir: {} }] },
  }
  const { metadata, spec } = podOf(name, command, parts)
  const labels = metadata?.labels ?? {}
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  }
}
