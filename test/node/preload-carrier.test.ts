/** Programs of real pods that lose their environment, or ignore it, with each carrier of the library. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inject } from '../cluster/pods.ts'
import { adminOf } from './cluster/cluster.ts'
import { reinstallLonghaul } from './install.ts'
import { appUser, type Namespace, namespaceOn, podOf, restricted } from './pods.ts'
import { hasNoCluster, useCluster } from './suite.ts'

const idleSeconds = 600
const annotations = { 'longhaul.dev/keepalive-idle': `${idleSeconds}s` }
const restrictedNamespace = { ...inject, 'pod-security.kubernetes.io/enforce': 'restricted' }
const none = 'keepalive 0'
const fromLonghaul = `keepalive 1, idle ${idleSeconds}`

const script = `import socket as s
it = s.socket()
on = it.getsockopt(s.SOL_SOCKET, s.SO_KEEPALIVE)
print(f'keepalive {on}' + (f', idle {it.getsockopt(s.IPPROTO_TCP, s.TCP_KEEPIDLE)}' if on else ''))`
const python = ['python3', '-c', script]
const mappings = ['python3', '-c', `print(open('/proc/self/maps').read().count('/libkeepalive.so'))`]
const waiting = ['python3', '-c', 'import time; time.sleep(10**6)']

describe('the library', () => {
  const cluster = useCluster()

  describe('by LD_PRELOAD alone', () => {
    test('is lost with the environment', async () => {
      const namespace = await namespaceOn(cluster, 'carrier-env', inject)
      await namespace.apply(podOf('one', waiting, { annotations }))
      await namespace.ready('pod/one')
      expect(await inside(namespace, python)).toBe(fromLonghaul)
      expect(await inside(namespace, ['env', '-i', ...python])).toBe(none)
    })
  })

  describe('by /etc/ld.so.preload as well', () => {
    beforeAll(async () => {
      if (hasNoCluster()) return
      await reinstallLonghaul({ admin: adminOf(cluster) }, 'config: {preload: {carrier: both}}')
    })
    afterAll(async () => {
      if (!hasNoCluster()) await reinstallLonghaul({ admin: adminOf(cluster) })
    })

    test('is there without an environment, restricted and with a read-only root, in a native sidecar too', async () => {
      const namespace = await namespaceOn(cluster, 'carrier-both', restrictedNamespace)
      const { spec, container } = restricted
      const { containers: [sidecar] = [] } = podOf('sidecar', waiting, { container }).spec ?? {}
      const initContainers = [{ ...sidecar, name: 'sidecar', restartPolicy: 'Always' }]
      await namespace.apply(
        podOf('one', waiting, { annotations, container, spec: { ...spec, initContainers } }),
      )
      await namespace.ready('pod/one')
      for (const name of ['app', 'sidecar']) {
        const inContainer = (command: readonly string[]) => inside(namespace, command, name)
        expect(await inContainer(python)).toBe(fromLonghaul)
        expect(await inContainer(['env', '-i', ...python])).toBe(fromLonghaul)
        expect(await inContainer(['env', '-i', 'LONGHAUL_KEEPALIVE=idle=7', ...python])).toBe(
          'keepalive 1, idle 7',
        )
        expect(await inContainer(mappings), 'loaded once').toBe(await inContainer(['env', '-i', ...mappings]))
      }
    })

    test('is there in set-uid programs, which take nothing from those who start them', async () => {
      const namespace = await namespaceOn(cluster, 'carrier-set-uid', inject)
      const setUid = `cp "$(readlink -f "$(command -v python3)")" /tmp/python3 &&
        chown ${appUser} /tmp/python3 && chmod u+s /tmp/python3`
      await namespace.apply(podOf('one', waiting, { annotations }))
      await namespace.ready('pod/one')
      await inside(namespace, ['sh', '-c', setUid])
      const own = ['env', 'LONGHAUL_KEEPALIVE=idle=7']
      expect(await inside(namespace, [...own, ...python])).toBe('keepalive 1, idle 7')
      expect(await inside(namespace, [...own, '/tmp/python3', '-c', script])).toBe(fromLonghaul)
    })
  })
})

function inside(namespace: Namespace, command: readonly string[], container = 'app'): Promise<string> {
  return namespace
    .kubectl('exec', 'one', `--container=${container}`, '--', ...command)
    .then(text => text.trim())
}
