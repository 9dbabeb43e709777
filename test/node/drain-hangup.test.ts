/** Hanging up while draining, in pods that may not touch sockets of other processes. */

import { beforeAll, describe, expect, test } from 'vitest'
import { inject } from '../cluster/pods.ts'
import { until } from '../cluster/until.ts'
import { type Namespace, namespaceOn, podOf, restricted } from './pods.ts'
import { hasNoCluster, useCluster } from './suite.ts'

const annotations = {
  'longhaul.dev/pre-stop-sleep': 'off',
  'longhaul.dev/drain-timeout': '10m',
  'longhaul.dev/drain-hangup': '1s',
}
/** Answers each line with the same, but for those that say that they wait. */
const server = `import os, signal, socketserver
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            if line != b'wait\\n':
                self.wfile.write(line)
server = socketserver.ThreadingTCPServer(('', 8080), Echo)
print('started', flush=True)
server.serve_forever()`
/** Asks twice, and where it has another argument once more, without an answer; then waits for the end. */
const client = `import socket, sys
connection = socket.create_connection((sys.argv[1], 8080))
for _ in range(2):
    connection.sendall(b'ask\\n')
    connection.recv(100)
if len(sys.argv) > 2:
    connection.sendall(b'wait\\n')
print('asked', flush=True)
print('received', connection.recv(1), flush=True)`
const stepMs = 60_000

describe.concurrent('a restricted pod that hangs up while it drains', () => {
  const cluster = useCluster()
  let namespace: Namespace

  beforeAll(async () => {
    if (!hasNoCluster()) namespace = await namespaceOn(cluster, 'drain-hangup', inject)
  })

  async function serve(name: string) {
    await namespace.apply(podOf(name, ['python3', '-c', server], { ...restricted, annotations }))
    await namespace.ready(`pod/${name}`)
    const log = namespace.follow(name)
    await until('its log is followed', () => log.soFar() === 'started\n', stepMs)
    return log
  }

  async function connect(name: string, to: string, ...more: readonly string[]) {
    const [pod] = await namespace.pods(`app=${to}`)
    const command = ['python3', '-c', client, pod?.status?.podIP ?? '', ...more]
    await namespace.apply(podOf(name, command, { spec: { restartPolicy: 'Never' } }))
    const log = () => namespace.kubectl('logs', name)
    await until(`${name} has asked`, async () => (await log()) === 'asked\n', stepMs)
    return log
  }

  test('ends with its last client, which gets a FIN', async () => {
    const log = await serve('quiet')
    const client = await connect('quiet-client', 'quiet')
    await namespace.kubectl('delete', 'pod', 'quiet', '--wait=false')
    expect(await log.whole).toMatch(
      /^started\n.*waiting at most 600\.0s\n.* 1 connection on port 8080 ended .*; 1 hung up\n$/,
    )
    expect(await client()).toBe("asked\nreceived b''\n")
  })

  test('waits for a request, and hangs up the others', async () => {
    const log = await serve('busy')
    await connect('busy-waiting', 'busy', 'wait')
    const quiet = await connect('busy-quiet', 'busy')
    await namespace.kubectl('delete', 'pod', 'busy', '--wait=false')
    await until('the quiet one is hung up', async () => (await quiet()).endsWith("received b''\n"), stepMs)
    await namespace.kubectl('delete', 'pod', 'busy-waiting', '--grace-period=1')
    expect(await log.whole).toMatch(/ 2 connections on port 8080 ended .*; 1 hung up\n$/)
  })
})
