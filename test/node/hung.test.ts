/** A container that hangs, with a session that nobody will end: a drain doesn't hold up its restart. */

import { beforeAll, describe, expect, test } from 'vitest'
import { inject } from '../cluster/pods.ts'
import { until } from '../cluster/until.ts'
import { type Namespace, namespaceOn, podOf } from './pods.ts'
import { hasNoCluster, useCluster } from './suite.ts'

const drain = { 'longhaul.dev/pre-stop-sleep': '1s', 'longhaul.dev/drain-timeout': '10m' }
const plain = { 'longhaul.dev/inject': 'false' }
// A probe of the kubelet's may be among the connections.
const waits = /^longhaul: drain: \d connections? on port 8080, waiting at most 600\.0s\n$/
const shortSeconds = 5
const restartMs = 120_000

/** Alive until told otherwise. As process 1 without a handler it passes over SIGTERM, as a program that hangs does. */
function hangingPod(
  name: string,
  annotations: Record<string, string>,
  podGrace: number,
  probeGrace?: number,
) {
  const livenessProbe = {
    exec: { command: ['test', '!', '-e', '/tmp/hung'] },
    periodSeconds: 1,
    failureThreshold: 1,
    ...(probeGrace === undefined ? {} : { terminationGracePeriodSeconds: probeGrace }),
  }
  const readinessProbe = { tcpSocket: { port: 8080 }, periodSeconds: 1 }
  return podOf(name, ['node', '/app/answer-later.mjs'], {
    annotations,
    container: { livenessProbe, readinessProbe },
    spec: { terminationGracePeriodSeconds: podGrace },
  })
}

describe('a container that hangs', () => {
  const cluster = useCluster()
  let namespace: Namespace

  beforeAll(async () => {
    if (!hasNoCluster()) namespace = await namespaceOn(cluster, 'hung', inject)
  })

  test('is restarted within the grace that its pod had, or that its probe names', async () => {
    const pods = [
      hangingPod('pod-grace', drain, shortSeconds),
      hangingPod('probe-grace', drain, 4 * shortSeconds, shortSeconds),
      // By when the others are to be back.
      hangingPod('yardstick', plain, 4 * shortSeconds),
    ]
    const names = pods.map(({ metadata }) => metadata?.name ?? '')
    await namespace.apply(...pods)
    await namespace.ready(...names.map(name => `pod/${name}`))
    await Promise.all(names.map(holdSession))
    const hungMs = new Map(await Promise.all(names.map(async name => [name, await hang(name)] as const)))
    await until(
      'all of them are restarted',
      async () => (await endsOf(names)).length === names.length,
      restartMs,
    )
    const tookMs = Object.fromEntries(
      (await endsOf(names)).map(({ name, atMs }) => [name, atMs - (hungMs.get(name) ?? 0)]),
    )
    expect(Math.max(...Object.values(tookMs)), JSON.stringify(tookMs)).toBe(tookMs['yardstick'])
    // They were on their way to wait for the session.
    for (const name of ['pod-grace', 'probe-grace'])
      expect(await namespace.kubectl('logs', '--previous', name)).toMatch(waits)
  })

  /** Gives when it did: a busy node lets one in later than another. */
  async function hang(name: string): Promise<number> {
    const touch = ['sh', '-c', 'touch /tmp/hung && date +%s%3N']
    return Number(await namespace.kubectl('exec', name, '--', ...touch))
  }

  /** Of the pods whose container has been restarted: when it had ended, in whole seconds. */
  async function endsOf(names: readonly string[]): Promise<{ name: string; atMs: number }[]> {
    const pods = (await namespace.pods()).map(({ metadata, status }) => ({
      name: metadata?.name ?? '',
      atMs: Number(status?.containerStatuses?.[0]?.lastState?.terminated?.finishedAt),
    }))
    return pods.filter(({ name, atMs }) => names.includes(name) && atMs > 0)
  }

  async function holdSession(name: string): Promise<void> {
    const [pod] = await namespace.pods(`app=${name}`)
    const url = `http://${pod?.status?.podIP}:8080/`
    const client = `${name}-client`
    await namespace.apply(podOf(client, ['python3', '/app/waiting.py', url], { annotations: plain }))
    const isHeld = async () => (await namespace.kubectl('logs', client)) === 'ready\n'
    await until('the session is there', isHeld, restartMs)
  }
})
