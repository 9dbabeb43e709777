/**
 * Programs of many kinds, each a container of one pod: clients that wait for an answer, without a timeout, and
 * servers. Each one's connection is told from the others' by its port.
 */

import type { V1Pod } from '@kubernetes/client-node'
import { podOf, restricted } from './pods.ts'

export const serversNamespace = 'keepalive-servers'
/** Where all clients are answered later, each at a port of its own. */
const host = `runtimes.${serversNamespace}`

/** Each with the server's port that it connects to. */
export const clients = {
  node: { port: 9001, command: ['node', '-e', `require('net').connect(9001, '${host}')`] },
  python: { port: 9002, command: ['python3', '/app/waiting.py', `http://${host}:9002/`] },
  httpClient: { port: 9003, command: java('HttpClient', 9003) },
  urlConnection: { port: 9004, command: java('HttpURLConnection', 9004) },
  musl: { port: 9005, command: ['/app/waiting-musl', host, '9005'] },
  staticGo: { port: 9006, command: ['/app/waiting-go', 'off', `${host}:9006`] },
} as const

/** Each with the port that it listens on. Redis has a keepalive of its own, which is off here. */
export const servers = {
  nginx: {
    port: 8001,
    command: configured(
      'pid /tmp/nginx.pid; events {} http { access_log off; server { listen 8001; } }',
      'exec nginx -e stderr -g "daemon off;" -c',
    ),
  },
  phpFpm: {
    port: 9000,
    command: configured(
      '[global]\nerror_log = /dev/stderr\n[www]\nlisten = 9000\npm = static\npm.max_children = 1',
      'exec /usr/sbin/php-fpm* --nodaemonize --fpm-config',
    ),
  },
  redis: {
    port: 6379,
    command: [
      'redis-server',
      '--save',
      '',
      '--dir',
      '/tmp',
      '--protected-mode',
      'no',
      '--tcp-keepalive',
      '0',
    ],
  },
  postgresql: {
    port: 5432,
    command: shell(
      'cd /usr/lib/postgresql/*/bin && ./initdb --pgdata=/tmp/data --auth=trust --no-sync && ' +
        "exec ./postgres -D /tmp/data -h '*' -k ''",
    ),
  },
  mosquitto: { port: 1883, command: configured('listener 1883\nallow_anonymous true', 'exec mosquitto -c') },
  nats: { port: 4222, command: ['nats-server', '--port', '4222'] },
} as const

/** The pod of them all, which a namespace that enforces `restricted` admits. It is Ready once the servers listen. */
export function runtimesPod(name: string, annotations: Record<string, string> = {}): V1Pod {
  const pod = podOf(name, [], { annotations })
  const programs = Object.entries<{ command: readonly string[]; port: number }>({ ...clients, ...servers })
  const scratch = { name: 'scratch', emptyDir: {} }
  const containers = programs.map(([program, { command, port }]) => ({
    ...pod.spec?.containers[0],
    name: program.toLowerCase(),
    command: [...command],
    ...(program in servers && { readinessProbe: { tcpSocket: { port }, periodSeconds: 1 } }),
    volumeMounts: ['/tmp', '/var/lib/nginx'].map(mountPath => ({ name: scratch.name, mountPath })),
    ...restricted.container,
  }))
  return { ...pod, spec: { ...restricted.spec, containers, volumes: [scratch] } }
}

function java(client: string, port: number): string[] {
  return ['/usr/lib/jvm/default-java/bin/java', '-cp', '/app', 'Waiting', client, `http://${host}:${port}/`]
}

/** The command with a file as its last argument, which has this in it. */
function configured(configuration: string, command: string): string[] {
  return ['sh', '-c', `file=$(mktemp) && echo "$0" >$file && ${command} $file`, configuration]
}

function shell(script: string): string[] {
  return ['sh', '-c', script]
}
