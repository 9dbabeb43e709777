import { expect, it } from 'vitest'
import { wantedKeepalive } from '../../src/agent/keepalive/wanted.ts'
import { type Config, defaultConfig } from '../../src/policy/config.ts'
import { parseConfig } from '../../src/policy/config-file.ts'

type Map = Record<string, string>

const prefixed = (map: Map) =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [`longhaul.dev/${key}`, value]))

function wanted(annotations: Map, labels: Map, config: Config = defaultConfig): string | undefined {
  const pod = { metadata: { annotations: prefixed(annotations) }, spec: { containers: [{ name: 'app' }] } }
  return wantedKeepalive(pod, { name: 'prod', labels: prefixed(labels) }, config)
}

const standard = 'idle=60,interval=10,probes=3,user_timeout=auto'
const config = (text: string) => parseConfig(text, 'config.yaml')

it.each<[string, Map, Map, string]>([
  ['the label of the namespace', {}, { keepalive: 'node' }, standard],
  ["the pod's annotation", { keepalive: 'node' }, {}, standard],
  [
    'timers of either',
    { 'keepalive-idle': '30s' },
    { keepalive: 'node', 'keepalive-probes': '5', 'user-timeout': 'off' },
    'idle=30,interval=10,probes=5,user_timeout=0',
  ],
])('is asked for by %s', (_, annotations, labels, settings) => {
  expect(wanted(annotations, labels)).toBe(settings)
})

it.each<[string, Map, Map]>([
  ['nobody asks', {}, {}],
  ['another way is asked for', { keepalive: 'preload' }, { keepalive: 'node' }],
  ['the pod is left out', { inject: 'false' }, { keepalive: 'node' }],
  ['the namespace is left out', {}, { keepalive: 'node', inject: 'false' }],
  ['it is only to be said', {}, { keepalive: 'node', inject: 'audit' }],
])('is nothing where %s', (_, annotations, labels) => {
  expect(wanted(annotations, labels)).toBeUndefined()
})

it('is asked for by a profile of the namespace', () => {
  const own = config('profiles: {kernel: {keepalive: node, keepalive-idle: 20s}}')
  expect(wanted({}, { profile: 'kernel' }, own)).toBe('idle=20,interval=10,probes=3,user_timeout=auto')
})

it("is by the cluster's defaults for pods that ask for Longhaul only", () => {
  const own = config('defaults: {keepalive: node}')
  expect(wanted({}, {}, own)).toBeUndefined()
  expect(wanted({}, { inject: 'true' }, own)).toBe(standard)
})

it('is nothing in a namespace that the configuration excludes', () => {
  expect(wanted({ keepalive: 'node' }, {}, config('excludedNamespaces: [prod]'))).toBeUndefined()
})
