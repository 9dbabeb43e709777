import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { beforeEach, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { chart, helm, missingHelm } from '../../charts/helm.ts'
import { type Key, keys, settingOf } from '../../src/policy/settings.ts'

const schema = JSON.parse(readFileSync(`${chart}/values.schema.json`, 'utf8'))
const { defaults, profiles } = schema.properties.config.properties
const ajv = new Ajv({ allowUnionTypes: true })
const fitsDefaults = ajv.compile(defaults)
const fitsProfiles = ajv.compile(profiles)

/** Of which some are right, for each setting. */
const texts = [
  ...['true', 'disabled', 'preload', 'both', 'off', 'auto', 'tcp', 'http', 'tru', 'Off', ''],
  ...['5', '5s', '1m30s', '1h1m1s', '1.5h', '1500ms', '5 s', '5x', '30s1m', '-5', '+5', '1e3', 's', 'ms'],
  ...[
    'web',
    'app,worker',
    'app, worker',
    'app;worker',
    'a/b',
    'A',
    '8080-tcp',
    '-a',
    'a-name-that-is-too-long',
  ],
  ...['/', '/healthz?full=1', 'healthz', '/with space'],
]

describe('the schema', () => {
  // The others stand only on pods and namespaces.
  const inProfiles = keys.filter(key => settingOf(key).places.includes('profile'))

  it.each(inProfiles)('takes the texts for %s that the settings table takes, and no others', key => {
    const taken = texts.filter(text => fitsProfiles({ x: { [key]: text } }))
    // None of the texts is out of range: there the schema needs a template's help.
    expect(taken).toEqual(texts.filter(text => 'value' in settingOf(key).type.parse(text, '')))
    expect(taken.length).toBeGreaterThan(0)
  })

  it('knows the places of settings', () => {
    const refused = keys.filter(key => !fitsDefaults({ [key]: sampleOf(key) }))
    expect(refused).toEqual(keys.filter(key => !settingOf(key).places.includes('defaults')))
  })
})

function sampleOf(key: Key): string {
  return settingOf(key).default ?? settingOf(key).example ?? ''
}

describe('Helm', () => {
  beforeEach(context => {
    if (missingHelm !== undefined) context.skip(missingHelm)
  })

  it.each<[values: string, message: string]>([
    ['replicaCount: 3', "at '': additional properties 'replicaCount' not allowed"],
    ['config: {default: {}}', "at '/config': additional properties 'default' not allowed"],
    ['config: {defaults: {keepalive-idel: 5s}}', "additional properties 'keepalive-idel' not allowed"],
    ['config: {defaults: {readiness-path: /}}', "additional properties 'readiness-path' not allowed"],
    [
      'config: {defaults: {keepalive: of}}',
      "value must be one of 'preload', 'sysctl', 'both', 'node', 'off'",
    ],
    [
      'config: {defaults: {drain-timeout: off}}',
      "at '/config/defaults/drain-timeout': got boolean, want number or",
    ],
    [
      'config: {defaults: {keepalive-idle: 60x}}',
      "at '/config/defaults/keepalive-idle': '60x' does not match",
    ],
    ['config: {defaults: {keepalive-idle: 40000}}', 'maximum: got 40,000, want 32,767'],
    ['config: {defaults: {keepalive-idle: 10h}}', 'keepalive-idle: 10h is not between 1 and 32767 seconds'],
    ['config: {defaults: {keepalive-probes: 128}}', 'maximum: got 128, want 127'],
    ['config: {defaults: {keepalive-probes: "128"}}', 'keepalive-probes: 128 is not between 1 and 127\n'],
    ['config: {profiles: {x: {drain-timeout: 25h}}}', 'config.profiles.x.drain-timeout: 25h is not between'],
    ['config: {profiles: {a/b: {}}}', "'a/b' does not match pattern"],
    ['config: {init: {resources: {limits: {cpu: much}}}}', "'much' does not match pattern"],
    ['config: {kubernetesVersion: 1.30}', "at '/config/kubernetesVersion': got number, want string"],
    ['config: {shutdown: {settle: 2h}}', 'config.shutdown.settle: 2h is not between 0 and 3600 seconds'],
    ['certs: {mode: none}', "value must be one of 'self', 'cert-manager', 'provided'"],
    ['certs: {leafLifetime: 1s}', 'certs.leafLifetime: 1s is not between 30'],
    [
      'certs: {leafLifetime: 8760h, caLifetime: 8760h}',
      'caLifetime is less than three times certs.leafLifetime',
    ],
    ['certs: {secret: Not_a_name}', "'Not_a_name' does not match pattern"],
    ['certs: {caBundle: LS0t}', "'LS0t' does not match pattern"],
    ['webhook: {failurePolicy: Maybe}', "value must be one of 'Ignore', 'Fail'"],
    ['webhook: {timeoutSeconds: 31}', 'maximum: got 31, want 30'],
    ['webhook: {clientCA: {configMap: a, secret: b}}', 'webhook.clientCA: both configMap and secret are set'],
    ['webhook: {clientCA: {secret: a, key: ../b}}', "'../b' does not match pattern"],
    ['networkPolicy: {from: [{cidr: 10.0.0.0/8}]}', "additional properties 'cidr' not allowed"],
    ['networkPolicy: {from: [{}]}', "at '/networkPolicy/from/0': minProperties: got 0, want 1"],
    ['networkPolicy: {apiServerPorts: []}', "at '/networkPolicy/apiServerPorts': minItems: got 0, want 1"],
    ['networkPolicy: {apiServerPorts: null}', "at '/networkPolicy': missing property 'apiServerPorts'"],
    ['config: null', "at '': missing property 'config'"],
    ['config: {init: null}', "at '/config': missing property 'init'"],
    ['certs: null', "at '': missing property 'certs'"],
    ['certs: {leafLifetime: null}', "at '/certs': missing property 'leafLifetime'"],
    ['initImage: null', "at '': missing property 'initImage'"],
    ['replicas: -1', "at '/replicas': minimum: got -1, want 0"],
    ['config: {excludedNamespaces: [a.b]}', "at '/config/excludedNamespaces/0': 'a.b' does not match"],
    ['fullnameOverride: a.b', "at '/fullnameOverride': 'a.b' does not match pattern"],
    [`fullnameOverride: ${'a'.repeat(53)}`, "at '/fullnameOverride': maxLength: got 53, want 52"],
    ['webhook: {port: 8080}', 'webhook.port and admin.port are both 8080: set one of them'],
    ['admin: {port: 443}', 'admin.port is 443, at which the Service answers the API server'],
    ['commonLabels: {app.kubernetes.io/instance: x}', 'commonLabels: app.kubernetes.io/instance is in the'],
    ['podLabels: {app.kubernetes.io/name: x}', 'podLabels: app.kubernetes.io/name is in the selector'],
    [
      'webhook: {annotations: {cert-manager.io/inject-ca-from: a/b}}',
      'webhook.annotations: cert-manager.io/inject-ca-from has another CA injected',
    ],
    [
      'webhook: {annotations: {service.beta.openshift.io/inject-cabundle: "true"}}',
      'webhook.annotations: service.beta.openshift.io/inject-cabundle has another CA injected',
    ],
    ['certs: {leafLifetime: 10}', 'minimum: got 10, want 30'],
    ['image: {digest: latest}', "'latest' does not match pattern"],
    ['replicas: "2"', "at '/replicas': got string, want integer"],
    ['hostNetwork: 1', "at '/hostNetwork': got number, want boolean"],
    ['podLabels: {tier: 1}', "at '/podLabels/tier': got number, want string"],
  ])('refuses %s', (values, message) => {
    const { status, stderr } = helm(['template', chart, '--values=-'], values)
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(message) })
  })

  it('refuses a release whose Service could not be called after it', () => {
    const { status, stderr } = helm(['template', '1st', chart])
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringContaining('would be called 1st-longhaul, but must begin with a letter'),
    })
  })

  it('calls objects after a release with dots', () => {
    const { stdout } = helm(['template', 'my.release', chart, '--show-only=templates/service.yaml'])
    expect(parse(stdout).metadata.name).toBe('my-release-longhaul')
  })

  it('takes lifetimes as numbers of seconds, however large', () => {
    const values = 'certs: {leafLifetime: 7776000, caLifetime: 157680000}'
    const { stdout } = helm(['template', chart, '--values=-', '--show-only=templates/configmap.yaml'], values)
    expect(parse(parse(stdout).data['config.yaml']).certs).toMatchObject({
      leafLifetime: 7776000,
      caLifetime: 157680000,
    })
  })

  it('lets labels of the pods and fields of a spread constraint take the place of more general ones', () => {
    const values = stringify({
      commonLabels: { team: 'all', tier: 'one' },
      podLabels: { team: 'pods' },
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'zone', matchLabelKeys: ['example.com/key'], labelSelector: {} },
      ],
    })
    const show = '--show-only=templates/deployment.yaml'
    const { stdout } = helm(['template', 'one', chart, '--values=-', show], values)
    // The parser refuses a key that is there twice.
    const { metadata, spec } = parse(stdout).spec.template
    expect(metadata.labels).toMatchObject({ team: 'pods', tier: 'one' })
    expect(spec.topologySpreadConstraints).toEqual([
      {
        maxSkew: 1,
        topologyKey: 'zone',
        matchLabelKeys: ['example.com/key'],
        labelSelector: {
          matchLabels: { 'app.kubernetes.io/name': 'longhaul', 'app.kubernetes.io/instance': 'one' },
        },
      },
    ])
  })

  it('takes null for every value that may be empty', () => {
    const values = nullWhereOptional(schema)
    expect(values).toMatchObject({ podLabels: null, config: { excludedNamespaces: null } })
    expect(helm(['template', chart, '--values=-'], stringify(values))).toMatchObject({
      status: 0,
      stderr: '',
    })
  })

  it.each([
    'global: {region: eu}',
    'enabled: true',
    'config: {defaults: {keepalive-idle: 1.5, drain-timeout: 0, readiness-port: http}}',
    'config: {profiles: {x: {readiness-port: 8080, grace-period: 168h, user-timeout: 2147483647ms}}}',
  ])('takes %s', values => {
    expect(helm(['template', chart, '--values=-'], values)).toMatchObject({ status: 0, stderr: '' })
  })
})

interface Values {
  [name: string]: Values | null
}

interface ValuesSchema {
  properties?: Record<string, ValuesSchema>
  required?: string[]
  default?: unknown
}

/** Null for what has a default and is not required, in the maps that are. */
function nullWhereOptional({ properties = {}, required = [] }: ValuesSchema): Values {
  const values: Values = {}
  for (const [name, inner] of Object.entries(properties)) {
    if (inner.properties !== undefined && required.includes(name)) values[name] = nullWhereOptional(inner)
    if ('default' in inner && !required.includes(name)) values[name] = null
  }
  return values
}
