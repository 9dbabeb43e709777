/** What a second run makes of a pod that other webhooks have changed since the first: what a first one would have. */

import type { V1Container, V1Pod } from '@kubernetes/client-node'
import { describe, expect, it } from 'vitest'
import { decide } from '../../src/mutation/decide.ts'
import { type Config, defaultConfig } from '../../src/policy/config.ts'

const statusKey = 'longhaul.dev/status'
const namespace = { name: 'default', labels: { 'longhaul.dev/inject': 'true' } }

const app: V1Container = { name: 'app', image: 'app:1', ports: [{ containerPort: 8080, name: 'http' }] }
const exporter: V1Container = {
  name: 'exporter',
  image: 'exporter:1',
  ports: [{ containerPort: 9100, name: 'metrics' }],
}
const proxy: V1Container = { name: 'istio-proxy', image: 'proxy:1' }
const sidecar: V1Container = { ...exporter, restartPolicy: 'Always' }
const served: V1Container = { name: 'served', image: 'served:1', ports: [{ containerPort: 8443 }] }

function podOf(annotations: Record<string, string>, spec: Partial<V1Pod['spec']> = {}): V1Pod {
  return { metadata: { name: 'app', annotations }, spec: { containers: [app], ...spec } }
}

function mutated(pod: V1Pod): V1Pod {
  return decide(pod, namespace, defaultConfig).mutation.pod
}

function withContainers(pod: V1Pod, ...added: V1Container[]): V1Pod {
  return { ...pod, spec: { ...pod.spec, containers: [...(pod.spec?.containers ?? []), ...added] } }
}

function withSidecar(pod: V1Pod): V1Pod {
  const initContainers = [...(pod.spec?.initContainers ?? []), sidecar]
  return { ...pod, spec: { containers: [], ...pod.spec, initContainers } }
}

function withAnnotation(pod: V1Pod, key: string, value: string): V1Pod {
  const annotations = { ...pod.metadata?.annotations, [key]: value }
  return { ...pod, metadata: { ...pod.metadata, annotations } }
}

function withoutStatus({ metadata, ...rest }: V1Pod): V1Pod {
  const { [statusKey]: _, ...annotations } = metadata?.annotations ?? {}
  return { ...rest, metadata: { ...metadata, annotations } }
}

const drain = { 'longhaul.dev/drain-timeout': '30s' }
const onHost = { hostNetwork: true }
const bare: V1Container = { name: 'app', image: 'app:1' }

describe('a hook that an earlier run set', () => {
  it.each<[string, V1Pod, (pod: V1Pod) => V1Pod]>([
    ['a proxy was added', podOf(drain), pod => withContainers(pod, proxy)],
    ['a container for metrics was added', podOf(drain), pod => withContainers(pod, exporter)],
    ['a native sidecar for metrics was added', podOf(drain), withSidecar],
    ['a port to scrape was named', podOf(drain), pod => withAnnotation(pod, 'prometheus.io/port', '9090')],
    ['a container was added on a host network', podOf(drain, onHost), pod => withContainers(pod, served)],
    [
      'the first port was added on a host network',
      podOf(drain, { ...onHost, containers: [bare] }),
      pod => withContainers(pod, served),
    ],
    ['longer times were set', podOf(drain), pod => withAnnotation(pod, 'longhaul.dev/drain-timeout', '5m')],
    [
      'a longer sleep was set',
      podOf({ 'longhaul.dev/pre-stop-sleep': '1500ms' }),
      pod => withAnnotation(pod, 'longhaul.dev/pre-stop-sleep', '10s'),
    ],
    ['hangups were set', podOf(drain), pod => withAnnotation(pod, 'longhaul.dev/drain-hangup', '30s')],
    [
      'shorter times were set',
      podOf({ 'longhaul.dev/drain-timeout': '5m' }),
      pod => withAnnotation(pod, 'longhaul.dev/drain-timeout', '30s'),
    ],
    [
      'the only port on a host network turned out to be for metrics',
      podOf(drain, { ...onHost, containers: [{ ...served, name: 'istio-proxy' }, bare] }),
      pod => withContainers(pod, { ...exporter, ports: [{ containerPort: 8443, name: 'metrics' }] }),
    ],
    ['a drain was set', podOf({}), pod => withAnnotation(pod, 'longhaul.dev/drain-timeout', '5m')],
  ])('is what a first run would set: %s', (_, pod, change) => {
    const again = decide(change(mutated(pod)), namespace, defaultConfig)
    const atOnce = decide(change(pod), namespace, defaultConfig)
    const hooksOf = (each: V1Pod) => each.spec?.containers.map(({ lifecycle }) => lifecycle?.preStop)
    expect(hooksOf(again.mutation.pod)).toEqual(hooksOf(atOnce.mutation.pod))
    expect(hooksOf(again.mutation.pod)).not.toEqual(hooksOf(change(mutated(pod))))
    expect(again.mutation.pod.spec?.terminationGracePeriodSeconds).toBe(
      atOnce.mutation.pod.spec?.terminationGracePeriodSeconds,
    )
    expect(again.mutation.pod.metadata?.annotations).toEqual(atOnce.mutation.pod.metadata?.annotations)
    expect(again.mutation.problems).toEqual(atOnce.mutation.problems)
    expect(decide(again.mutation.pod, namespace, defaultConfig).patch).toEqual([])
  })

  it.each<[string, (pod: V1Pod) => V1Pod]>([
    ['without a status', withoutStatus],
    ['with the status of another container', pod => statusWith(pod, { containers: ['other'] })],
    ['with a status of other words', pod => statusWith(pod, { set: 'sleep 5s, drain 31s' })],
    ['with a status that holds no list', pod => statusWith(pod, { containers: { app: true } })],
    ['with a status that holds no text', pod => statusWith(pod, { set: 7 })],
  ])('stays %s', (_, change) => {
    const once = change(mutated(podOf(drain)))
    const preStop = once.spec?.containers[0]?.lifecycle?.preStop
    const twice = decide(withContainers(once, exporter), namespace, defaultConfig).mutation
    expect(twice.pod.spec?.containers[0]?.lifecycle?.preStop).toEqual(preStop)
    expect(decide(twice.pod, namespace, defaultConfig).patch).toEqual([])
  })

  it('stays where somebody has changed it since', () => {
    const once = mutated(podOf(drain))
    const command = [...(once.spec?.containers[0]?.lifecycle?.preStop?.exec?.command ?? []), '--port=8080']
    const preStop = { exec: { command } }
    const containers = (once.spec?.containers ?? []).map(each => ({ ...each, lifecycle: { preStop } }))
    const changed = withContainers({ ...once, spec: { ...once.spec, containers } }, exporter)
    expect(mutated(changed).spec?.containers[0]?.lifecycle?.preStop).toEqual(preStop)
  })
})

function statusWith(pod: V1Pod, fields: object): V1Pod {
  const status = JSON.parse(pod.metadata?.annotations?.[statusKey] ?? '{}')
  Object.assign(status.features['pre-stop'], fields)
  return withAnnotation(pod, statusKey, JSON.stringify(status))
}

describe('an init container that an earlier run brought', () => {
  const config: Config = { ...defaultConfig, preload: { carrier: 'both' } }
  const again = (pod: V1Pod) => decide(pod, namespace, config).mutation.pod

  it('writes the preload file where that is asked for since', () => {
    const bySysctl = podOf({ ...drain, 'longhaul.dev/keepalive': 'sysctl' })
    const byLibrary = (pod: V1Pod) => withAnnotation(pod, 'longhaul.dev/keepalive', 'both')
    const twice = again(byLibrary(again(bySysctl)))
    const atOnce = again(byLibrary(bySysctl))
    expect(twice.spec?.initContainers).toEqual(atOnce.spec?.initContainers)
    expect(twice.spec?.initContainers?.[0]?.args).toHaveLength(1)
    expect(decide(twice, namespace, config).patch).toEqual([])
  })

  it('gives the file to a container that was added since', () => {
    const twice = again(withContainers(again(podOf({})), served))
    expect(twice.spec).toEqual(again(withContainers(podOf({}), served)).spec)
  })

  it('keeps its image, where that is another by then, and its file', () => {
    const once = again(podOf({}))
    const newer = { ...config, init: { ...config.init, image: 'mirror.example/init:2' } }
    expect(decide(once, namespace, newer).patch).toEqual([])
  })
})

describe('the grace period without a status', () => {
  it.each<[string, Record<string, string>, number]>([
    ['a sleep', {}, 35],
    ['a drain', { 'longhaul.dev/profile': 'websocket' }, 340],
    ['a grace period of its own', { ...drain, 'longhaul.dev/grace-period': '2h' }, 7200],
  ])('is not raised again by any further run: %s', (_, annotations, seconds) => {
    let pod = podOf(annotations)
    for (let run = 0; run < 3; run++) {
      pod = mutated(withContainers(withoutStatus(pod), { name: `added-${run}`, image: 'added:1' }))
      expect(pod.spec?.terminationGracePeriodSeconds).toBe(seconds)
      expect(decide(pod, namespace, defaultConfig).patch).toEqual([])
    }
  })

  it.each(['', 'x', '{}', 'null', '[]', '{"features":null}'])(
    'is not raised again beside what is none: %j',
    status => {
      const again = mutated(withAnnotation(mutated(podOf(drain)), statusKey, status))
      expect(again.spec?.terminationGracePeriodSeconds).toBe(65)
      expect(decide(again, namespace, defaultConfig).patch).toEqual([])
    },
  )

  it('has room for the hook of a container beside one whose hook somebody wrote by hand', () => {
    const byHand = { ...app, lifecycle: { preStop: { sleep: { seconds: 5 } } } }
    const seconds = (containers: V1Container[]) =>
      mutated(podOf({}, { containers })).spec?.terminationGracePeriodSeconds ?? 30
    expect([seconds([byHand]), seconds([byHand, served])]).toEqual([30, 35])
  })
})
