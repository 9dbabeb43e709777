/** Pods of several containers: none of them ends before the last session has, whichever of them serves it. */

import type { V1Container, V1Pod } from '@kubernetes/client-node'
import { beforeAll, describe, expect, test } from 'vitest'
import { inject } from '../cluster/pods.ts'
import { until } from '../cluster/until.ts'
import { apps, type Log, type Namespace, namespaceOn, podOf } from './pods.ts'
import { hasNoCluster, useCluster } from './suite.ts'

const stepMs = 120_000
// A probe of the kubelet's may be among them.
const begun = /longhaul: drain: \d connections? on ports 8000, 8080, waiting at most 600\.0s\n/
const ended = /longhaul: drain: \d connections? on ports 8000, 8080 ended after /
const annotations = { 'longhaul.dev/pre-stop-sleep': '2s', 'longhaul.dev/drain-timeout': '10m' }

/** A connection to the backend for each request, as its default is. */
const nginxConf = `
daemon off;
error_log stderr crit;
pid /tmp/nginx.pid;
events {}
http {
  access_log off;
  client_body_temp_path /tmp;
  proxy_temp_path /tmp;
  fastcgi_temp_path /tmp;
  uwsgi_temp_path /tmp;
  scgi_temp_path /tmp;
  server {
    listen 8000;
    location / { proxy_pass http://127.0.0.1:8080; }
  }
}
`
const configMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'nginx' },
  data: { 'nginx.conf': nginxConf },
}
const nginx: V1Container = {
  name: 'nginx',
  image: apps,
  command: ['nginx', '-e', 'stderr', '-c', '/configuration/nginx.conf'],
  // As root it would look for a user to become.
  securityContext: { runAsUser: 10_001 },
  ports: [{ containerPort: 8000 }],
  readinessProbe: { httpGet: { port: 8000 }, periodSeconds: 1 },
  volumeMounts: [{ name: 'configuration', mountPath: '/configuration' }],
}
/** Ends at once at SIGTERM. */
const backend: V1Container = { name: 'backend', image: apps, command: ['node', '/app/sessions.mjs'] }
const exporter: V1Container = {
  name: 'exporter',
  image: apps,
  command: ['sh', '-c', 'trap exit TERM; python3 -m http.server 9090 & wait'],
  ports: [{ name: 'metrics', containerPort: 9090 }],
}
const asSidecar = (container: V1Container): V1Container => ({ ...container, restartPolicy: 'Always' })

function shape(name: string, containers: V1Container[], initContainers: V1Container[] = []): V1Pod {
  const volumes = [{ name: 'configuration', configMap: { name: 'nginx' } }]
  return podOf(name, [], { annotations, spec: { containers, initContainers, volumes } })
}

/** One connection, a request after the other over it, until it is told to end. */
const session = `import http.client, signal, sys, time
def leave(*_): sys.exit(print('left'))
signal.signal(signal.SIGTERM, leave)
connection = http.client.HTTPConnection(sys.argv[1], 8000, timeout=30)
connection.connect()
connection.auto_open = False
while True:
    connection.request('GET', '/')
    answer = connection.getresponse()
    answer.read()
    print(answer.status, flush=True)
    time.sleep(0.1)
`
const idleConnection = `import socket, sys, time
connection = socket.create_connection((sys.argv[1], 9090))
print('connected', flush=True)
time.sleep(3600)
`

describe.concurrent('a pod of', () => {
  const cluster = useCluster()
  let namespace: Namespace

  beforeAll(async () => {
    if (hasNoCluster()) return
    namespace = await namespaceOn(cluster, 'several-containers', inject)
    await namespace.apply(configMap)
  })

  /** Starts a client of a pod, and follows what it says. */
  async function connect(pod: string, script: string, kind: string): Promise<Log> {
    const [server] = await namespace.pods(`app=${pod}`)
    const name = `${pod}-${kind}`
    const command = ['python3', '-c', script, server?.status?.podIP ?? '']
    await namespace.apply(
      podOf(name, command, {
        annotations: { 'longhaul.dev/inject': 'false' },
        spec: { restartPolicy: 'Never' },
      }),
    )
    await namespace.ready(`pod/${name}`)
    const log = namespace.follow(name)
    await until(`${name} is connected`, () => log.soFar() !== '', stepMs)
    return log
  }

  test.each([
    shape('nginx-and-backend', [nginx, backend, exporter]),
    shape('nginx-as-sidecar', [backend], [asSidecar(nginx)]),
    shape('backend-as-sidecar', [nginx], [asSidecar(backend)]),
  ])('$metadata.name cuts no session, and does not wait for a scraper', async pod => {
    const name = pod.metadata?.name ?? ''
    await namespace.apply(pod)
    await namespace.ready(`pod/${name}`)
    const client = await connect(name, session, 'session')
    if (pod.spec?.containers.includes(exporter)) await connect(name, idleConnection, 'scraper')
    const logs = pod.spec?.containers.map(container => namespace.follow(name, container.name)) ?? []
    await namespace.kubectl('delete', 'pod', name, '--wait=false')
    await until('all wait', () => logs.every(log => begun.test(log.soFar())), stepMs)
    const answersAtFirst = answersIn(client)
    await until('it goes on', () => answersIn(client) > answersAtFirst + 20, stepMs)
    await namespace.kubectl('delete', 'pod', `${name}-session`)
    expect(await client.whole).toMatch(/^(200\n)+left\n$/)
    for (const log of logs) expect(await log.whole).toMatch(ended)
  })

  const answersIn = (log: Log) => log.soFar().split('\n').length
})
