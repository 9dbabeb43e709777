/**
 * Daemons that crash while pods of Longhaul have sessions: these live on, the webhook serves again, and a pod that is
 * deleted meanwhile or just before is drained.
 */

import { isDeepStrictEqual } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { idleOf, inject, tryPod } from '../../cluster/pods.ts'
import { namespace as system } from '../../cluster/release.ts'
import { until } from '../../cluster/until.ts'
import { adminOf, type Cluster } from '../cluster/cluster.ts'
import { type Namespace, namespaceOn, podOf } from '../pods.ts'
import { type Session, sessionOf, sessionPod } from '../session.ts'
import { hasNoCluster, useCluster } from '../suite.ts'
import { faults } from './faults.ts'

const stepMs = 120_000
const secret = 'longhaul-tls'
const begun = /longhaul: drain: \d connections? on port 8080, waiting at most 600\.0s\n/
/** A hook that begins anew may come so late that it finds no session any more. */
const whole =
  /longhaul: drain: \d connections? on port 8080 ended after [\d.]+s\n(longhaul: drain: no connections on port 8080\n)?SIGTERM\n$/
const annotations = { 'longhaul.dev/pre-stop-sleep': '1s', 'longhaul.dev/drain-timeout': '10m' }
const server = ['sh', '-c', 'trap "echo SIGTERM; exit" TERM; node /app/sessions.mjs & wait']

describe('sessions and their drain outlive a crash', () => {
  const cluster = useCluster()
  let namespace: Namespace
  let longhaul: Namespace
  const sessions = new Map<string, Session>()

  beforeAll(async () => {
    if (hasNoCluster()) return
    namespace = await namespaceOn(cluster, 'daemons', inject)
    longhaul = await namespaceOn(cluster, system)
    const names = faults.map(({ name }) => name)
    await namespace.apply(...names.flatMap(each => serverOn(cluster, each)))
    await namespace.ready(...names.map(each => `pod/${each}`))
    await Promise.all(names.map(async each => sessions.set(each, await begin(each))))
  })

  /** Has a client on the first node begin a session by the Service of a server. */
  async function begin(name: string): Promise<Session> {
    const address = await namespace.kubectl('get', 'service', name, '--output=jsonpath={.spec.clusterIP}')
    const client = sessionPod(clientOf(name), address, 8080)
    await namespace.apply({ ...client, spec: { ...client.spec, nodeName: cluster.nodes[0].name } })
    return sessionOf(namespace, clientOf(name))
  }

  /** How often the container of each webhook has been started; and whether it is Ready. */
  const starts = async () =>
    (await longhaul.pods('app.kubernetes.io/name=longhaul')).map(({ metadata, status }) => {
      const [container] = status?.containerStatuses ?? []
      return { name: metadata?.name, restarts: container?.restartCount, isReady: container?.ready }
    })

  test.each(faults)('$name', async ({ name, deleted, stop }) => {
    const session = sessions.get(name) as Session
    const before = await starts()
    const remove = () => namespace.kubectl('delete', 'pod', name, '--wait=false')
    const waits = async () => begun.test(await namespace.kubectl('logs', name))
    if (deleted === 'before') {
      await remove()
      await until('the drain waits', waits, stepMs)
    }
    const start = await stop(cluster)
    if (deleted === 'meanwhile') {
      await remove()
      await session.goesOn()
    }
    await start()
    await until('the drain waits', waits, stepMs)
    await session.goesOn()
    const log = namespace.follow(name)
    expect(await session.end()).toBe('left')
    expect(await log.whole).toMatch(whole)

    await webhooksServe(`after-${name}`)
    await until('webhooks run as before', async () => isDeepStrictEqual(await starts(), before), stepMs)
  })

  /** Waits until a namespace that is new is known, with what its labels say, and a certificate that is lost is restored. */
  async function webhooksServe(fresh: string): Promise<void> {
    const admin = adminOf(cluster)
    await namespaceOn(cluster, fresh, { ...inject, 'longhaul.dev/keepalive-idle': '45s' })
    const isKnown = async () => idleOf(await tryPod({ admin }, fresh)) === 'idle=45'
    await until('a new namespace is known', isKnown, stepMs)
    await longhaul.kubectl('delete', 'secret', secret)
    await until(
      'the certificate is there again',
      async () => (await longhaul.kubectl('get', 'secret', secret)) !== '',
      stepMs,
    )
    await until('pods are changed', isKnown, stepMs)
  }
})

/** A server on the second node, and its Service. */
function serverOn({ nodes }: Cluster, name: string): object[] {
  const ports = [{ port: 8080 }]
  return [
    podOf(name, server, {
      annotations,
      container: { readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 } },
      spec: { nodeName: nodes[1].name },
    }),
    { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: { app: name }, ports } },
  ]
}

function clientOf(name: string): string {
  return `${name}-client`
}
