import { describe, expect, it } from 'vitest'
import { defaultConfig } from '../../src/policy/config.ts'
import { parseConfig } from '../../src/policy/config-file.ts'
import { isSet, resolvePolicy } from '../../src/policy/levels.ts'
import { policyFor } from '../../src/policy/policies.ts'
import { problemText } from '../../src/policy/problems.ts'
import { keys, settingOf } from '../../src/policy/settings.ts'

type Map = Record<string, unknown>

function resolve(annotations: Map, namespaceLabels: Map = {}, config = defaultConfig, podLabels: Map = {}) {
  return resolvePolicy(
    {
      annotations: prefixed(annotations),
      namespaceLabels: prefixed(namespaceLabels),
      podLabels: prefixed(podLabels),
    },
    config,
  )
}

function prefixed(map: Map): Map {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [`longhaul.dev/${key}`, value]))
}

const config = parseConfig(
  `
defaults: {keepalive-idle: 50s, keepalive-interval: 51s, keepalive-probes: 52, pre-stop-sleep: 53s, drain-timeout: 54s}
profiles:
  of-namespace: {keepalive-idle: 40s, keepalive-interval: 41s, keepalive-probes: 42, pre-stop-sleep: 43s}
  of-pod: {keepalive-idle: 20s, keepalive-interval: 21s}
`,
  'config.yaml',
)

describe('levels', () => {
  it('leave a pod that runs to completion what it or its profile says of traffic, and nothing that others say', () => {
    const subject = {
      annotations: prefixed({ profile: 'of-namespace', 'drain-timeout': '7s' }),
      podLabels: undefined,
      namespaceLabels: prefixed({ 'post-start-sleep': '9s', readiness: 'tcp', 'keepalive-probes': '9' }),
      runsToCompletion: true,
    }
    // Twice: the policies of Jobs and of others with the same settings are remembered apart.
    for (const runsToCompletion of [false, true]) policyFor({ ...subject, runsToCompletion }, config)
    expect(policyFor(subject, config).values).toMatchObject({
      'pre-stop-sleep': 43_000,
      'drain-timeout': 7000,
      'post-start-sleep': 'off',
      readiness: 'off',
      'keepalive-probes': 42,
    })
    expect(policyFor({ ...subject, annotations: {} }, config)).toMatchObject({
      values: { 'pre-stop-sleep': 'off', 'drain-timeout': 'off', 'grace-period': 'auto' },
      sources: { 'pre-stop-sleep': 'the rule for pods that run to completion', keepalive: 'the defaults' },
    })
    expect(policyFor({ ...subject, runsToCompletion: false }, config).values['post-start-sleep']).toBe(9000)
  })

  it('let the most specific one win, for each key on its own', () => {
    const pod = { profile: 'of-pod', 'keepalive-idle': '10s' }
    const namespace = {
      profile: 'of-namespace',
      'keepalive-idle': '30s',
      'keepalive-interval': '31s',
      'keepalive-probes': '32',
    }
    const { values, sources, problems } = resolve(pod, namespace, config)
    expect(problems).toEqual([])
    expect(values).toMatchObject({
      'keepalive-idle': 10_000,
      'keepalive-interval': 21_000,
      'keepalive-probes': 32,
      'pre-stop-sleep': 43_000,
      'drain-timeout': 54_000,
      'grace-period': 'auto',
      containers: undefined,
    })
    expect(sources).toMatchObject({
      'keepalive-idle': 'the pod',
      'keepalive-interval': 'profile of-pod of the pod',
      'keepalive-probes': 'the namespace',
      'pre-stop-sleep': 'profile of-namespace of the namespace',
      'drain-timeout': "the cluster's defaults",
      'grace-period': 'the defaults',
      containers: 'nobody',
    })
  })

  it('pass over a value that can not be used, and say what holds instead', () => {
    const { values, problems } = resolve({ 'keepalive-idle': '60x' }, { 'keepalive-idle': '0' }, config)
    expect(values['keepalive-idle']).toBe(50_000)
    expect(problems.map(problemText)).toEqual([
      `longhaul.dev/keepalive-idle: "60x" on the pod is not a duration; write 60s. Using 50s from the cluster's defaults.`,
      `longhaul.dev/keepalive-idle: "0" on the namespace is not between 1s and 32767s; write 1s. Using 50s from the cluster's defaults.`,
    ])
  })

  it('keep the namespace and its profile where the pod names a profile that is not there', () => {
    const { values, problems } = resolve({ profile: 'of-pots' }, { profile: 'of-namespace' }, config)
    expect(values.profile).toBe('of-namespace')
    expect(values['keepalive-idle']).toBe(40_000)
    expect(problems.map(problemText)).toEqual([
      'longhaul.dev/profile: "of-pots" on the pod is not a profile; write of-pod. Using of-namespace from the namespace.',
    ])
  })

  it('tell what somebody set from what the table says', () => {
    const policy = resolve({ 'readiness-path': '/' })
    expect(isSet(policy, 'readiness-path')).toBe(true)
    expect(isSet(policy, 'readiness')).toBe(false)
    expect(isSet(policy, 'containers')).toBe(false)
  })
})

describe('problems', () => {
  it.each<[Map, Map, string]>([
    [
      { 'keepalive-idel': '60s' },
      {},
      'longhaul.dev/keepalive-idel: "60s" on the pod is not a setting; write longhaul.dev/keepalive-idle. It has no effect.',
    ],
    [
      { Keepalive: 'off' },
      {},
      'longhaul.dev/Keepalive: "off" on the pod is not a setting; write longhaul.dev/keepalive. It has no effect.',
    ],
    [
      { zzzzzzzzzz: '1' },
      {},
      'longhaul.dev/zzzzzzzzzz: "1" on the pod is not a setting; see the reference of settings. It has no effect.',
    ],
    [
      { 'keepalive-probes': 3 },
      {},
      'longhaul.dev/keepalive-probes: "3" on the pod is not a string; put it in quotes. Using 3 from the defaults.',
    ],
    [
      { keepalive: false },
      {},
      'longhaul.dev/keepalive: "false" on the pod is not a string; put it in quotes. Using preload from the defaults.',
    ],
    [
      { keepalive: null },
      {},
      'longhaul.dev/keepalive: "null" on the pod is not a string; put it in quotes. Using preload from the defaults.',
    ],
    [
      {},
      { containers: 'app' },
      `longhaul.dev/containers: "app" on the namespace can't be a label; write it as a pod's annotation. It has no effect.`,
    ],
    [
      { containers: 'a b' },
      {},
      'longhaul.dev/containers: "a b" on the pod is not a list of container names; write names with commas between, such as app,worker. It has no effect.',
    ],
  ])('%j %j', (annotations, labels, text) => {
    expect(resolve(annotations, labels).problems.map(problemText)).toEqual([text])
  })

  it.each<[Map, string]>([
    [{ 'drain-ports': 'http' }, 'drain-timeout is off; write longhaul.dev/drain-timeout: 30s'],
    [{ 'drain-hangup': '30s' }, 'drain-timeout is off; write longhaul.dev/drain-timeout: 30s'],
    [
      { 'drain-hangup': '30s', keepalive: 'off' },
      'drain-timeout is off; write longhaul.dev/drain-timeout: 30s',
    ],
    [{ 'readiness-path': '/' }, 'readiness is off; write longhaul.dev/readiness: auto'],
    [{ 'readiness-port': '80' }, 'readiness is off; write longhaul.dev/readiness: auto'],
    [{ 'readiness-path': '/up', readiness: 'tcp' }, 'readiness is tcp; write longhaul.dev/readiness: auto'],
    [{ 'keepalive-idle': '9s', keepalive: 'off' }, 'keepalive is off; write longhaul.dev/keepalive: preload'],
    [
      { 'user-timeout': '9s', keepalive: 'sysctl' },
      'keepalive is sysctl; write longhaul.dev/keepalive: preload',
    ],
  ])('say that a setting on the pod has no effect without another: %j', (annotations, text) => {
    const [key] = Object.keys(annotations)
    const { problems } = resolve(annotations)
    expect(problems.map(problemText)).toEqual([
      `longhaul.dev/${key}: the pod has it though ${text}. It has no effect.`,
    ])
    expect(problems[0]?.value, 'which a strict configuration would deny').toBeUndefined()
  })

  it.each(['off', 'sysctl', 'node'])(
    'say that few connections are hung up without the library: %s',
    keepalive => {
      const { problems } = resolve({ 'drain-hangup': '30s', 'drain-timeout': '5m', keepalive })
      expect(problems.map(problemText)).toEqual([
        `longhaul.dev/drain-hangup: the pod has it though keepalive is ${keepalive}; write longhaul.dev/keepalive: preload. Few containers may do it without the library.`,
      ])
    },
  )

  it.each<[Map, Map]>([
    [{ 'drain-ports': 'http' }, { 'drain-timeout': '30s' }],
    [{ 'drain-hangup': '30s' }, { 'drain-timeout': '30s' }],
    [{ 'drain-hangup': 'off', keepalive: 'off' }, {}],
    [{ profile: 'slow-http', keepalive: 'off' }, {}],
    [{ 'readiness-path': '/' }, { readiness: 'auto' }],
    [{ 'readiness-path': '/', profile: 'http' }, {}],
    [{ 'user-timeout': 'off', keepalive: 'off' }, {}],
    [{ 'user-timeout': '9s', 'keepalive-idle': '9s', keepalive: 'node' }, {}],
    [{ keepalive: 'off' }, { 'keepalive-idle': '9s', 'readiness-port': '80' }],
  ])('say nothing where it has, or where others made it for many pods: %j %j', (annotations, labels) => {
    expect(resolve(annotations, labels).problems).toEqual([])
  })

  it.each(keys)('refuse a value of %s by its length before they look at it', key => {
    const { maxLength } = settingOf(key).type
    const text = '1'.repeat(maxLength + 1)
    const [problem] = resolve({ [key]: text }).problems
    expect(problem).toMatchObject({ key, rule: `is longer than ${maxLength} characters`, fix: 'shorten it' })
  })

  it('take a path of 1024 characters, and no longer one', () => {
    const path = `/${'a'.repeat(1023)}`
    expect(resolve({ 'readiness-path': path }).values['readiness-path']).toBe(path)
    expect(resolve({ 'readiness-path': `${path}a` }).problems.map(problemText)).toEqual([
      'longhaul.dev/readiness-path: "/aaaaaaaaaaaaaaaaaaaa..." on the pod is longer than 1024 characters; shorten it. Using / from the defaults.',
    ])
  })

  it('name settings that stand as labels of the pod, but no other labels', () => {
    const { problems } = resolve({}, {}, defaultConfig, { inject: 'true', team: 'a' })
    expect(problems.map(problemText)).toEqual([
      'longhaul.dev/inject: "true" on the pod is a label; write it as an annotation. It has no effect.',
    ])
  })

  it('leave the status annotation, what the agent and the guard go by, and the annotations of others alone', () => {
    const annotations = {
      'longhaul.dev/status': 'x',
      'longhaul.dev/stale-connections': 'off',
      'longhaul.dev/force-delete': 'allow',
      'example.com/inject': 'x',
    }
    const subject = { annotations, podLabels: undefined, namespaceLabels: undefined }
    expect(resolvePolicy(subject, defaultConfig)).toMatchObject({ problems: [], injection: { asked: false } })
  })
})

describe('names of members that every object has', () => {
  const members = Object.getOwnPropertyNames(Object.prototype)

  it.each(members)('%s is neither a key nor a word, a profile or a default', member => {
    const annotations = { [member]: 'x', inject: member, keepalive: member, profile: member }
    const { values, injection, problems } = resolve(annotations)
    expect([values.keepalive, values.profile, injection.refused]).toEqual(['preload', undefined, false])
    expect(problems.map(({ key }) => key).sort()).toEqual([member, 'inject', 'keepalive', 'profile'].sort())
    expect(() => parseConfig(`defaults: {readiness: ${member}}`, 'x')).toThrow('is not one of')
    expect(() => parseConfig(`profiles: {mine: {keepalive: ${member}}}`, 'x')).toThrow('is not one of')
    expect(() => parseConfig(`defaults: {${member}: 1s}`, 'x')).toThrow('is not a setting')
  })
})

describe('injection', () => {
  it.each<[Map, Map, boolean | undefined]>([
    [{ inject: 'audit' }, {}, true],
    [{ inject: 'audit' }, { inject: 'true' }, true],
    [{ profile: 'http' }, { inject: 'audit' }, true],
    [{ inject: 'true' }, { inject: 'audit' }, undefined],
    [{ inject: 'false' }, { inject: 'audit' }, undefined],
  ])('%j in %j is an audit: %s', (annotations, labels, isAudit) => {
    const asked = annotations['inject'] !== 'false'
    expect(resolve(annotations, labels).injection).toMatchObject({ asked, refused: !asked })
    expect(resolve(annotations, labels).injection.isAudit).toBe(isAudit)
  })

  it.each<[string, Map, Map, boolean, boolean, string]>([
    ['nobody asks', {}, {}, false, false, 'nobody'],
    ['the pod asks', { inject: 'true' }, {}, true, false, 'the pod'],
    ['the namespace asks', {}, { inject: 'enabled' }, true, false, 'the namespace'],
    ['a setting on the pod asks', { profile: 'http' }, {}, true, false, "the pod's settings"],
    [
      'a mistyped value of a setting asks too',
      { 'keepalive-idle': '60x' },
      {},
      true,
      false,
      "the pod's settings",
    ],
    ['a mistyped key does not', { 'keepalive-idel': '60s' }, {}, false, false, 'nobody'],
    ['a setting on the namespace alone does not', {}, { profile: 'http' }, false, false, 'nobody'],
    ['the pod refuses', { inject: 'false', profile: 'http' }, { inject: 'true' }, false, true, 'the pod'],
    ['the pod overrides the namespace', { inject: 'true' }, { inject: 'false' }, true, false, 'the pod'],
    [
      'the namespace refuses pods with settings',
      { profile: 'http' },
      { inject: 'false' },
      false,
      true,
      'the namespace',
    ],
    [
      'a word that is none does not count',
      { inject: 'yes' },
      { inject: 'true' },
      true,
      false,
      'the namespace',
    ],
    ['nor does it ask', { inject: 'yes' }, {}, false, false, 'nobody'],
  ])('%s', (_, annotations, labels, asked, refused, source) => {
    expect(resolve(annotations, labels).injection).toEqual({ asked, refused, source })
  })
})
