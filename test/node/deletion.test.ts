/** The ways in which a pod is deleted while it has a session, and what its log says of the drain. */

import { CoreV1Api, type V1PodSpec } from '@kubernetes/client-node'
import { beforeAll, describe, expect, test } from 'vitest'
import { kubectl } from '../cluster/kubectl.ts'
import { inject } from '../cluster/pods.ts'
import { until } from '../cluster/until.ts'
import { adminOf } from './cluster/cluster.ts'
import { type Log, type Namespace, namespaceOn, podOf } from './pods.ts'
import { hasNoCluster, useCluster } from './suite.ts'

const started = 'started\n'
// A probe of the kubelet's may be among the connections.
const begun = /longhaul: drain: \d connections? on port 8080, waiting at most 600\.0s\n/
const ended = /longhaul: drain: \d connections? on port 8080 ended after [\d.]+s\n/
const stopped = 'SIGTERM\n'
const whole = new RegExp(`^${started}${begun.source}${ended.source}${stopped}$`)
const short = new RegExp(`^${started}${begun.source}${stopped}$`)
const annotations = { 'longhaul.dev/pre-stop-sleep': 'off', 'longhaul.dev/drain-timeout': '10m' }
const server = ['sh', '-c', 'trap "echo SIGTERM; exit" TERM; echo started; node /app/answer-later.mjs & wait']
const stepMs = 60_000

describe.concurrent('a pod with a session', () => {
  const cluster = useCluster()
  let namespace: Namespace

  beforeAll(async () => {
    if (!hasNoCluster()) namespace = await namespaceOn(cluster, 'deletion', inject)
  })

  const run = (...args: readonly string[]) =>
    kubectl(adminOf(cluster), [`--namespace=${namespace.name}`, ...args])
  const clientOf = (name: string) => `${name}-client`

  /** Starts a server, and a client with a request that it waits for. Gives the server's log. */
  async function serve(name: string, spec: Partial<V1PodSpec> = {}): Promise<Log> {
    const readinessProbe = { tcpSocket: { port: 8080 }, periodSeconds: 1 }
    await namespace.apply(podOf(name, server, { annotations, spec, container: { readinessProbe } }))
    await namespace.ready(`pod/${name}`)
    const [pod] = await namespace.pods(`app=${name}`)
    const url = `http://${pod?.status?.podIP}:8080/?after=3600`
    await namespace.apply(podOf(clientOf(name), ['python3', '/app/waiting.py', url]))
    const client = () => namespace.kubectl('logs', clientOf(name))
    await until('the session is there', async () => (await client()) === 'ready\n', stepMs)
    const log = namespace.follow(name)
    await until('its log is followed', () => log.soFar() === started, stepMs)
    return log
  }

  /** Ends the session of a server that waits for it. */
  async function endSession(name: string, log: Log): Promise<void> {
    await until('it waits', () => begun.test(log.soFar()), stepMs)
    await run('delete', 'pod', clientOf(name), '--grace-period=1')
  }

  async function evict(name: string): Promise<void> {
    const core = adminOf(cluster).config.makeApiClient(CoreV1Api)
    await core.createNamespacedPodEviction({ name, namespace: namespace.name, body: { metadata: { name } } })
  }

  test.each<[string, (name: string) => Promise<unknown>]>([
    ['deleted', name => run('delete', 'pod', name, '--wait=false')],
    ['evicted', evict],
  ])('%s, says in its log that it waits, and that the session has ended', async (name, end) => {
    const log = await serve(name)
    await end(name)
    await endSession(name, log)
    expect(await log.whole).toMatch(whole)
  })

  test.each([
    ['in-short', '--grace-period=5'],
    ['by-force', '--grace-period=0', '--force'],
  ])('deleted %s, says in its log that it waits', async (name, ...how) => {
    const log = await serve(name)
    await run('delete', 'pod', name, '--wait=false', ...how)
    expect(await log.whole).toMatch(short)
  })

  test('leaves its node when that is drained, without its local storage', async ({ onTestFinished }) => {
    const [, { name: nodeName }] = cluster.nodes
    const spec = { nodeName }
    const noFiles = { 'longhaul.dev/keepalive': 'sysctl', 'longhaul.dev/pre-stop-sleep': '1s' }
    await namespace.apply(podOf('without-files', server, { annotations: noFiles, spec }))
    const log = await serve('drained', spec)
    // As no controller will make them again, kubectl asks for --force; the pods have their grace period all the same.
    const drain = (pod: string, ...flags: readonly string[]) =>
      run('drain', nodeName, `--pod-selector=app=${pod}`, '--force', ...flags)
    onTestFinished(async () => {
      await run('uncordon', nodeName)
    })

    expect(await drain('without-files')).toMatchObject({ status: 0 })
    expect(await drain('drained')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('cannot delete Pods with local storage (use --delete-emptydir-data'),
    })
    const [drained] = await Promise.all([
      drain('drained', '--delete-emptydir-data'),
      endSession('drained', log),
    ])
    expect(drained).toMatchObject({ status: 0 })
    expect(await log.whole).toMatch(whole)
  })
})
