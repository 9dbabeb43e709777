/**
 * A rollout under real sessions, through a Service, with names, probes, hooks and signals as the kubelet does them.
 * Beside it the same without Longhaul, which cuts them: so the load is one that can be cut.
 */

import { describe, expect, test } from 'vitest'
import { inject } from '../cluster/pods.ts'
import { until } from '../cluster/until.ts'
import { type Namespace, namespaceOn, podOf, serverOf } from './pods.ts'
import { useCluster } from './suite.ts'

const replicas = 3
const usersOfEachKind = 25
/** They last a quarter of it at least. */
const sessionSeconds = 40
const drainedMs = 240_000

describe('a rollout', () => {
  const cluster = useCluster()

  test('cuts no session and loses no request with the profile websocket', async () => {
    const [kept, cut] = await Promise.all([
      rollOut(await namespaceOn(cluster, 'rollout', inject), { 'longhaul.dev/profile': 'websocket' }),
      rollOut(await namespaceOn(cluster, 'rollout-plain'), {}),
    ])
    expect(kept.damage).toEqual({ websocket: [], 'socket-io': [], requests: [] })
    const some = expect.arrayContaining([expect.stringMatching(/^cut/)])
    expect(cut.damage).toMatchObject({ websocket: some, 'socket-io': some })
    // Each of the old pods says in its log that it waited, and that all of them ended.
    expect(kept.logs).toHaveLength(replicas)
    for (const log of kept.logs) {
      expect(log).toMatch(/longhaul: drain: \d+ connections? on port 8080, waiting at most 300\.0s\n/)
      expect(log).toMatch(/longhaul: drain: \d+ connections? on port 8080 ended after /)
    }
    for (const log of cut.logs) expect(log).not.toContain('longhaul')
  })

  interface Outcome {
    /** What clients complained about, by their names. */
    damage: Record<string, string[]>
    /** Of the pods that were replaced, as `kubectl logs --follow` shows them. */
    logs: string[]
  }

  async function rollOut(namespace: Namespace, annotations: Record<string, string>): Promise<Outcome> {
    await namespace.apply(...serverOf('chat', 'sessions', { replicas, annotations }))
    await namespace.available('chat')
    await namespace.apply(...clients)
    const logOf = (client: string) => namespace.kubectl('logs', client)
    for (const each of clientNames)
      await until(`${each}: everybody is served`, async () => hasLine(await logOf(each), 'ready'), 60_000)

    const old = (await namespace.pods('app=chat')).map(({ metadata }) => metadata?.name ?? '')
    const logs = Promise.all(old.map(name => namespace.follow(name).whole))
    await namespace.kubectl('rollout', 'restart', 'deployment/chat')
    await namespace.available('chat')
    await until('the old pods are gone', async () => isGone(await namespace.pods('app=chat'), old), drainedMs)

    // Every request that was sent has its answer, once the client has ended.
    const requests = namespace.follow('requests').whole
    await namespace.kubectl('delete', 'pod', 'requests')
    const damage = {
      websocket: damageOf(await logOf('websocket')),
      'socket-io': damageOf(await logOf('socket-io')),
      requests: damageOf(await requests),
    }
    return { damage, logs: await logs }
  }
})

const users = (kind: string) =>
  podOf(kind, ['node', '/app/swarm.mjs', 'chat:8080', kind, `${usersOfEachKind}`, `${sessionSeconds}`, '1'])
const clients = [
  users('websocket'),
  users('socket-io'),
  podOf('requests', ['node', '/app/requests.mjs', 'http://chat:8080', '5', '1']),
]
const clientNames = clients.map(({ metadata }) => metadata?.name ?? '')

/** Cut and refused sessions, failed requests, and requests without an answer. */
function damageOf(log: string): string[] {
  const lines = log.split('\n')
  const numbers = (start: string) =>
    lines.filter(line => line.startsWith(start)).map(line => line.slice(start.length))
  const ended = new Set([...numbers('ok '), ...numbers('failed ').map(each => each.split(' ')[0] ?? '')])
  return [
    ...lines.filter(line => /^(cut|refused|failed) /.test(line)),
    ...numbers('sent ').flatMap(each => (ended.has(each) ? [] : [`no answer to ${each}`])),
  ]
}

function hasLine(log: string, line: string): boolean {
  return log.split('\n').includes(line)
}

function isGone(pods: readonly { metadata?: { name?: string } }[], names: readonly string[]): boolean {
  return pods.every(({ metadata }) => !names.includes(metadata?.name ?? ''))
}
