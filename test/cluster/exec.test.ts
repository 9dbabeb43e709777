/** Why a command can't be run in a pod, in the words of a real API server. */

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { type ExecResult, execIn } from '../../src/cluster/exec.ts'
import { missingForControlPlane } from './binaries.ts'
import { findFreePort } from './free-port.ts'
import { createNamespace } from './pods.ts'
import { useControlPlane } from './suite.ts'

const namespace = 'exec'
const controlPlane = useControlPlane()

beforeAll(async () => {
  if (missingForControlPlane() !== undefined) return
  await createNamespace(controlPlane(), namespace)
  await controlPlane()
    .admin.config.makeApiClient(CoreV1Api)
    .createNamespacedPod({
      namespace,
      body: { metadata: { name: 'one' }, spec: { containers: [{ name: 'app', image: 'example.com/app' }] } },
    })
}, 120_000)

function execAs(config: KubeConfig, pod: string, container = 'app'): Promise<ExecResult> {
  const stop = new AbortController().signal
  return execIn(config, {
    ...{ namespace, pod, container, command: ['true'], timeLimitMs: 60_000 },
    ...{ stop, onLine() {} },
  })
}

test.each([
  ['none', 'app', 'pods "none" not found'],
  ['one', 'app', 'pod one does not have a host assigned'],
  ['one', 'other', 'container other is not valid for pod one'],
])('in pod %s, container %s: %s', async (pod, container, message) => {
  await expect(execAs(controlPlane().admin.config, pod, container)).rejects.toThrow(message)
})

test('whoever may not is told which rights it takes', async () => {
  const nobody = await controlPlane().serviceAccount(namespace, 'default')
  const need = `needs the rights get and create on pods/exec in namespace ${namespace}: pods "one" is forbidden: `
  await expect(execAs(nobody.config, 'one')).rejects.toThrow(need)
})

test('an API server that is not there', async () => {
  const config = new KubeConfig()
  const server = `https://127.0.0.1:${await findFreePort()}`
  config.loadFromClusterAndUser({ name: 'none', server, skipTLSVerify: false }, { name: 'none' })
  await expect(execAs(config, 'one')).rejects.toThrow(
    /^the API server can't be reached: connect ECONNREFUSED/,
  )
})

/** Stands in for a load balancer, which forgets connections that say nothing: it waits for what is said. */
test('a command that prints nothing for long is kept alive', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => server.close())
  await once(server, 'listening')
  server.on('connection', socket => {
    const status = Buffer.concat([Buffer.from([3]), Buffer.from('{"status":"Success"}')])
    socket.on('ping', () => socket.send(status))
  })
  const config = new KubeConfig()
  const { port } = server.address() as AddressInfo
  config.loadFromClusterAndUser(
    { name: 'none', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: 'none' },
  )
  expect(await execAs(config, 'one')).toEqual({ exitStatus: 0, stderr: '' })
})
