/** The status annotation: what stands in it, how long it may be, and what happens where there is no room for it. */

import type { V1Container, V1Pod } from '@kubernetes/client-node'
import { describe, expect, it } from 'vitest'
import { decide } from '../../src/mutation/decide.ts'
import { defaultConfig } from '../../src/policy/config.ts'
import { annotationBytes, annotationsLimitBytes, withRoom } from './pods.ts'

const namespace = { name: 'default', labels: { 'longhaul.dev/inject': 'true' } }
const statusKey = 'longhaul.dev/status'

function podOf(annotations: Record<string, string>, containers: V1Container[]): V1Pod {
  return { metadata: { name: 'app', annotations }, spec: { containers } }
}

function mutated(pod: V1Pod): V1Pod {
  return decide(pod, namespace, defaultConfig).mutation.pod
}

function statusOf(pod: V1Pod): string {
  return pod.metadata?.annotations?.[statusKey] ?? ''
}

const app = { name: 'app', image: 'app:1', livenessProbe: { tcpSocket: { port: 80 } } }

describe('its length', () => {
  it.each([
    ['of many containers', (index: number) => `application-${index}`],
    ['of names that no API server takes', (index: number) => `${'\u001b[2Jé'.repeat(5000)}${index}`],
  ])('is at most 4 KB: %s', (_, name) => {
    const containers = Array.from({ length: 400 }, (_, index) => ({ ...app, name: name(index) }))
    const pod = mutated(podOf({ 'longhaul.dev/profile': 'websocket' }, containers))
    expect(Buffer.byteLength(statusOf(pod))).toBeLessThanOrEqual(4096)
    expect(JSON.parse(statusOf(pod)).features).toMatchObject({
      'keepalive-preload': { containers: 400 },
      'pre-stop': { containers: 400, set: 'sleep 10s, drain 5m' },
      'grace-period': { from: 30, to: 340 },
    })
    expect(decide(pod, namespace, defaultConfig).patch).toEqual([])
  })

  it('is not read where it is longer: somebody else wrote it', () => {
    const features = { 'grace-period': { from: 30, to: 35 } }
    const graceWith = (length: number) => {
      const text = JSON.stringify({ features, padding: '' })
      const status = JSON.stringify({ features, padding: 'x'.repeat(length - text.length) })
      const pod = podOf({ [statusKey]: status }, [app])
      return mutated({ ...pod, spec: { containers: [app], terminationGracePeriodSeconds: 35 } }).spec
        ?.terminationGracePeriodSeconds
    }
    expect([graceWith(4096), graceWith(4097)]).toEqual([35, 40])
  })

  it('leaves room for the names of the containers of usual pods, without control characters', () => {
    const pod = mutated(podOf({}, [app, { ...app, name: 'side\u001bcar' }]))
    expect(JSON.parse(statusOf(pod)).features['pre-stop'].containers).toEqual(['app', 'side?car'])
  })
})

it('holds nothing that others wrote but the names of containers', () => {
  const command = ['/opt/longhaul/longhaul', 'drain', '--sleep=77s', '--timeout=7777s']
  const env = [{ name: 'LONGHAUL_KEEPALIVE', value: 'idle=7777,a-secret' }]
  const pod = podOf(
    { 'longhaul.dev/profile': 'websocket', 'longhaul.dev/keepalive': 'both', other: 'a-secret' },
    [{ ...app, env, lifecycle: { preStop: { exec: { command } } }, ports: [{ containerPort: 7777 }] }],
  )
  const sysctls = [{ name: 'net.ipv4.tcp_keepalive_time', value: '7777' }]
  const status = statusOf(
    mutated({
      ...pod,
      spec: { ...pod.spec, containers: pod.spec?.containers ?? [], securityContext: { sysctls } },
    }),
  )
  expect(JSON.parse(status).features).toMatchObject({
    'keepalive-preload': { containers: ['app'], set: 'timers of its own' },
  })
  const { 'grace-period': _, ...others } = JSON.parse(status).features
  expect(JSON.stringify(others)).not.toMatch(/a-secret|777/)
})

describe('where the annotations have little room', () => {
  const lengthBytes = statusKey.length + Buffer.byteLength(statusOf(mutated(podOf({ note: '' }, [app]))))

  it.each([
    ['just enough', lengthBytes, true],
    ['a byte too few', lengthBytes - 1, false],
    ['none', 0, false],
  ])('it is written only if it fits: %s', (_, roomBytes, isWritten) => {
    const pod = mutated(withRoom(podOf({}, [app]), roomBytes))
    expect(statusOf(pod) !== '').toBe(isWritten)
    expect(annotationBytes(pod)).toBeLessThanOrEqual(annotationsLimitBytes)
    expect(pod.spec).toEqual(mutated(podOf({}, [app])).spec)
  })

  it.each<[string, Record<string, string>, number]>([
    ['a sleep', {}, 35],
    ['a drain', { 'longhaul.dev/profile': 'websocket' }, 340],
    ['a grace period of its own', { 'longhaul.dev/grace-period': '2h' }, 7200],
    ['none', { 'longhaul.dev/grace-period': 'off' }, 30],
  ])('the grace period is raised once, whatever is added in between: %s', (_, annotations, seconds) => {
    for (const roomBytes of [0, 100, 150, 200, 250, 300, 400]) {
      const once = mutated(withRoom(podOf(annotations, [app]), roomBytes))
      expect(once.spec?.terminationGracePeriodSeconds ?? 30).toBe(seconds)
      expect(decide(once, namespace, defaultConfig).patch).toEqual([])
      const added = { ...app, name: 'added' }
      const containers = [...(once.spec?.containers ?? []), added]
      const twice = mutated({ ...once, spec: { ...once.spec, containers } })
      expect(twice.spec?.terminationGracePeriodSeconds ?? 30).toBe(seconds)
      expect(twice.spec?.containers[1]?.lifecycle?.preStop).toEqual(
        once.spec?.containers[0]?.lifecycle?.preStop,
      )
      expect(decide(twice, namespace, defaultConfig).patch).toEqual([])
    }
  })

  it('what was there stays', () => {
    const pod = withRoom(podOf({ [statusKey]: 'of somebody' }, [app]), 5)
    expect(statusOf(mutated(pod))).toBe('of somebody')
    expect(decide(mutated(pod), namespace, defaultConfig).patch).toEqual([])
  })
})
