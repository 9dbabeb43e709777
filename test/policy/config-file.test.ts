import { describe, expect, it } from 'vitest'
import { defaultConfig } from '../../src/policy/config.ts'
import { ConfigError } from '../../src/policy/config-error.ts'
import { parseConfig } from '../../src/policy/config-file.ts'

function mistakes(text: string): string[] {
  try {
    parseConfig(text, 'longhaul.yaml')
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n')
    throw error
  }
  return []
}

it.each([
  '',
  '# nothing\n',
  '{}',
  'defaults:\nprofiles:\nstrict:\ninit:\npreload: {carrier: }\nkubernetesVersion:\nexcludedNamespaces:\nshutdown: {settle: }\ncluster:\ncerts: {mode: }\nwebhook: {clientCA: }\n',
])('takes %j as the defaults', text => {
  expect(parseConfig(text, 'x')).toEqual(defaultConfig)
})

it('takes the version of Kubernetes that it is given, where the file names none', () => {
  const version = { major: 1, minor: 28 }
  expect(parseConfig('strict: true', 'x', version).kubernetesVersion).toEqual(version)
  expect(parseConfig('kubernetesVersion: "1.31"', 'x', version).kubernetesVersion.minor).toBe(31)
})

it('reads every field', () => {
  const text = `
defaults: {keepalive-idle: 45, drain-timeout: 1m}
profiles:
  mine: {containers: 'app,worker', readiness-path: /up, keepalive-probes: 5}
  http: {keepalive: off}
strict: true
init:
  image: mirror.example/init:1
  seccompProfile: inherit
  resources: {requests: {cpu: 5m, memory: 8Mi}, limits: {cpu: 1, ephemeral-storage: 1Gi}}
preload: {carrier: both}
kubernetesVersion: "1.29"
excludedNamespaces: [a, b]
shutdown: {settle: 100ms, timeout: 0}
cluster: {service: webhook, webhookConfiguration: webhook.long}
certs: {mode: provided, secret: my-tls, leafLifetime: 24h, caLifetime: 240h}
webhook: {clientCA: /etc/ca.crt}
`
  const config = parseConfig(text, 'x')
  expect(config).toEqual({
    defaults: { 'keepalive-idle': 45_000, 'drain-timeout': 60_000 },
    profiles: expect.any(Map),
    strict: true,
    init: {
      image: 'mirror.example/init:1',
      seccompProfile: 'inherit',
      resources: { requests: { cpu: '5m', memory: '8Mi' }, limits: { cpu: '1', 'ephemeral-storage': '1Gi' } },
    },
    preload: { carrier: 'both' },
    kubernetesVersion: { major: 1, minor: 29 },
    excludedNamespaces: new Set(['a', 'b']),
    shutdown: { settleMs: 100, timeoutMs: 0 },
    cluster: { service: 'webhook', webhookConfiguration: 'webhook.long' },
    certs: { mode: 'provided', secret: 'my-tls', leafLifetimeMs: 86_400_000, caLifetimeMs: 864_000_000 },
    webhook: { clientCA: '/etc/ca.crt' },
  })
  expect(config.profiles.get('mine')).toEqual({
    containers: ['app', 'worker'],
    'readiness-path': '/up',
    'keepalive-probes': 5,
  })
  expect(config.profiles.get('http'), 'a profile replaces the shipped one').toEqual({ keepalive: 'off' })
  expect(config.profiles.get('websocket')).toEqual(defaultConfig.profiles.get('websocket'))
})

it.each([
  ['requests: {cpu: 100m}', { cpu: '100m' }, { cpu: '100m' }],
  ['limits: {memory: 1Gi}', { memory: '1Gi' }, { memory: '1Gi' }],
  [
    'requests: {cpu: 0.5}, limits: {cpu: 500m, memory: 64Mi}',
    { cpu: '0.5' },
    { cpu: '500m', memory: '64Mi' },
  ],
])('takes resources %s', (written, requests, limits) => {
  expect(parseConfig(`init: {resources: {${written}}}`, 'x').init.resources).toEqual({ requests, limits })
})

describe('mistakes', () => {
  it.each([
    ['cpu: 2', 'cpu: 1', 'init.resources.requests.cpu: "2" is more than the limit of 1; raise the limit'],
    [
      'memory: 1Gi',
      'memory: 1000M',
      'init.resources.requests.memory: "1Gi" is more than the limit of 1000M; raise the limit',
    ],
  ])('are requests of %s with limits of %s', (requests, limits, message) => {
    expect(mistakes(`init: {resources: {requests: {${requests}}, limits: {${limits}}}}`)).toEqual([
      `longhaul.yaml:1: ${message}`,
    ])
  })

  it('are aliases that stand for nothing', () => {
    expect(mistakes('defaults: *none').join()).toMatch(/^longhaul\.yaml: .*alias/i)
  })

  it('are all reported at once, with file, line, path, value and rule', () => {
    const text = `defaults:
  keepalive-idle: 60x
  profile: http
  keepalive-probes: [3]
profiles:
  "bad name":
    keepalive: preload
  mine:
    keepalive-idel: 60s
  list: [a]
strict: maybe
init:
  image: 7
  imagePullPolicy: Always
  resources:
    requests: {cpu: lots, memory: -1}
profile: x
kubernetesVersion: 1.30
excludedNamespaces: kube-system
shutdown:
  settle: soon
cluster: {service: Web_hook}
certs:
  mode: acme
  leafLifetime: 10s
  caLifetime: 5h
preload: {carrier: file}
`
    expect(mistakes(text).sort()).toEqual(
      [
        'longhaul.yaml:2: defaults.keepalive-idle: "60x" is not a duration; write 60s',
        `longhaul.yaml:3: defaults.profile: "http" can't be a default; write it as a pod's annotation`,
        'longhaul.yaml:4: defaults.keepalive-probes: [3] is not a string; put it in quotes',
        'longhaul.yaml:7: profiles.bad name: is not a valid name; use up to 63 letters, digits, dashes, dots',
        'longhaul.yaml:9: profiles.mine.keepalive-idel: "60s" is not a setting; write keepalive-idle',
        'longhaul.yaml:10: profiles.list: ["a"] is not of type object',
        'longhaul.yaml:11: strict: "maybe" is not of type boolean',
        'longhaul.yaml:13: init.image: 7 is not of type string',
        'longhaul.yaml:14: init.imagePullPolicy: is not a known field',
        'longhaul.yaml:16: init.resources.requests.cpu: "lots" must match pattern "^\\d+(\\.\\d+)?([mkMGTPE]|[KMGTPE]i)?$"',
        'longhaul.yaml:16: init.resources.requests.memory: -1 must be >= 0',
        'longhaul.yaml:17: profile: is not a known field',
        'longhaul.yaml:18: kubernetesVersion: 1.3 is not a version; write it in quotes, as "1.30"',
        'longhaul.yaml:19: excludedNamespaces: "kube-system" is not of type array',
        'longhaul.yaml:21: shutdown.settle: "soon" is not a duration; write one such as 5s',
        'longhaul.yaml:22: cluster.service: "Web_hook" must match pattern "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"',
        'longhaul.yaml:24: certs.mode: "acme" is not one of self, cert-manager, provided',
        'longhaul.yaml:25: certs.leafLifetime: "10s" is not between 30s and 175200h; write 30s',
        'longhaul.yaml:26: certs.caLifetime: "5h" is less than three times leafLifetime, 2160h; write 6480h',
        'longhaul.yaml:27: preload.carrier: "file" is not one of env, both',
      ].sort(),
    )
  })

  it('are excluded namespaces that can be none', () => {
    expect(mistakes(`excludedNamespaces: [kube-system, a.b, ${'x'.repeat(64)}]`)).toEqual([
      'longhaul.yaml:1: excludedNamespaces.1: "a.b" must match pattern "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"',
      `longhaul.yaml:1: excludedNamespaces.2: "${'x'.repeat(64)}" must NOT have more than 63 characters`,
    ])
  })

  it.each(['reg.example/init:1 ', 'https://reg.example/init', ''])('are images such as %j', image => {
    expect(mistakes(`init: {image: ${JSON.stringify(image)}}`)).toEqual([
      expect.stringContaining(`longhaul.yaml:1: init.image: ${JSON.stringify(image)} must match pattern`),
    ])
  })

  it('are resources that Kubernetes does not know', () => {
    expect(mistakes('init: {resources: {limits: {foo: 1, example.com/foo: 1, memroy: 1Mi}}}')).toEqual([
      'longhaul.yaml:1: init.resources.limits.foo: is not a known field',
      'longhaul.yaml:1: init.resources.limits.memroy: is not a known field',
    ])
  })

  it('are files of 256 KiB and more, however right', () => {
    const fill = (bytes: number) => `strict: true\n#${'x'.repeat(bytes - 14)}`
    expect(parseConfig(fill(256 * 1024 - 1), 'x').strict).toBe(true)
    expect(mistakes(fill(256 * 1024))).toEqual([
      'longhaul.yaml: it has 262144 bytes, and a configuration file must have less than 262144; leave out profiles that nobody names',
    ])
  })

  it('are keys that are maps, as in a template that is not rendered', () => {
    expect(mistakes('defaults:\n  profile: {{ .Values.profile }}\n')).toEqual([
      "longhaul.yaml:2:13: a key of a map can't be a map, a list or null; this looks like a Helm template: render it first, for example with helm template",
    ])
  })

  it('are keys that stand twice in a map, and aliases beyond a hundred', () => {
    const twice = 'longhaul.yaml:4:3: it is not valid YAML: Map keys must be unique'
    expect(mistakes('strict: true\nprofiles:\n  a: {}\n  "a": {}\n')).toEqual([twice])
    const aliases = (count: number) =>
      `profiles:\n${Array.from({ length: count }, (_, at) => `  a${at}: &a${at} {}\n  b${at}: *a${at}\n`).join('')}`
    expect(mistakes(aliases(100))).toEqual([])
    expect(mistakes(aliases(101))).toEqual([expect.stringContaining('more than 100 YAML aliases')])
  })

  it('are counted beyond the first twenty, and their values shortened', () => {
    const many = mistakes(Array.from({ length: 5000 }, (_, at) => `k${at}: 1\n`).join(''))
    expect(many).toHaveLength(21)
    expect(many.at(-1)).toBe('longhaul.yaml: 4980 more mistakes')
    const [long] = mistakes(`strict: "${'x'.repeat(10_000)}"`)
    expect(long?.length).toBeLessThan(300)
  })

  it('of YAML itself name the line', () => {
    expect(mistakes('defaults:\n  a: [1\n').join()).toMatch(
      /^longhaul\.yaml:3:\d+: it is not valid YAML: .*$/,
    )
  })

  it('say where a second document begins', () => {
    expect(mistakes('strict: true\n---\nstrict: false\n')).toEqual([
      'longhaul.yaml:2:1: a second document begins here, and a configuration file has one',
    ])
  })

  it('say that a file is no configuration at all', () => {
    expect(mistakes('- a\n')).toEqual(['longhaul.yaml:1: the whole file: ["a"] is not of type object'])
  })
})
