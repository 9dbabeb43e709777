import type { V1Container, V1PodSpec } from '@kubernetes/client-node'
import { describe, expect, it } from 'vitest'
import { decide } from '../../src/mutation/decide.ts'
import { type Config, defaultConfig } from '../../src/policy/config.ts'
import { parseKubernetesVersion } from '../../src/policy/kubernetes-version.ts'
import { keepaliveFound } from '../../src/preview/keepalive-found.ts'
import { keepaliveSentences } from '../../src/preview/keepalive-sentence.ts'

type Settings = Record<string, string>

/** What becomes of a pod with one container, `app`, but for what the spec says. */
function decided(settings: Settings, spec: Partial<V1PodSpec> = {}, config: Partial<Config> = {}) {
  const annotations = Object.fromEntries(
    Object.entries({ inject: 'true', ...settings }).map(([key, value]) => [`longhaul.dev/${key}`, value]),
  )
  const pod = { metadata: { annotations }, spec: { containers: [{ name: 'app' }], ...spec } }
  return decide(pod, { name: 'prod', labels: {} }, { ...defaultConfig, ...config })
}

const withEnv = (entry: NonNullable<V1Container['env']>[number], name = 'app') => ({ name, env: [entry] })
const fromSecret = { secretKeyRef: { name: 's', key: 'k' } }
const sysctls = (values: Record<string, string>) => ({
  securityContext: {
    sysctls: Object.entries(values).map(([name, value]) => ({
      name: `net.ipv4.tcp_keepalive_${name}`,
      value,
    })),
  },
})
const old = { kubernetesVersion: parseKubernetesVersion('1.28') ?? defaultConfig.kubernetesVersion }

describe('nothing is promised', () => {
  it.each<[string, Settings, Partial<V1PodSpec>, Partial<Config>?]>([
    ['where keepalive is off', { keepalive: 'off' }, {}],
    ['where the pod is left alone', { inject: 'false' }, {}],
    ['where the pod is denied', { 'keepalive-idle': '60x' }, {}, { strict: true }],
    ['for sysctls on the host network', { keepalive: 'sysctl' }, { hostNetwork: true }],
    ['for sysctls on an old cluster', { keepalive: 'sysctl' }, {}, old],
    ['where no container is chosen', { containers: 'nosuch' }, {}],
    [
      'where LD_PRELOAD comes from elsewhere',
      {},
      { containers: [withEnv({ name: 'LD_PRELOAD', valueFrom: fromSecret })] },
    ],
    ["where the files can't be delivered", {}, { volumes: [{ name: 'longhaul', hostPath: { path: '/x' } }] }],
    [
      'where the timers come from elsewhere',
      {},
      { containers: [withEnv({ name: 'LONGHAUL_KEEPALIVE', valueFrom: fromSecret })] },
    ],
    [
      'where the timers name another variable',
      {},
      { containers: [withEnv({ name: 'LONGHAUL_KEEPALIVE', value: 'idle=$(IDLE)' })] },
    ],
    [
      'where every sysctl is the own one of the user',
      { keepalive: 'sysctl' },
      sysctls({ time: '600', intvl: '75', probes: '9' }),
    ],
    ['for a sysctl that is no number', { keepalive: 'sysctl' }, sysctls({ time: 'soon' })],
    ['by the node agent where the pod is left alone', { keepalive: 'node', inject: 'false' }, {}],
    ['for a sysctl of nought', { keepalive: 'sysctl' }, sysctls({ time: '0' })],
  ])('%s', (_, settings, spec, config) => {
    const decision = decided(settings, spec, config)
    expect(keepaliveFound(decision)).toEqual([])
    expect(keepaliveSentences(decision)).toEqual([])
  })
})

const defaultEffect = { idleNoticeSeconds: 90, sendingNoticeSeconds: 90, idleBytesPerHour: 6240 }

describe('what is found', () => {
  it('is what every container got', () => {
    expect(keepaliveFound(decided({}))).toEqual([{ by: 'preload', containers: ['app'], ...defaultEffect }])
  })

  it('is the same after a second run', () => {
    const first = decided({ keepalive: 'both' })
    const second = decide(first.mutation.pod, { name: 'prod', labels: {} }, defaultConfig)
    expect(second.mutation.outcome).toBe('unchanged')
    expect(keepaliveFound(second)).toEqual(keepaliveFound(first))
  })

  it('is by sysctl alone where the libraries are left alone', () => {
    const containers = [withEnv({ name: 'LD_PRELOAD', valueFrom: fromSecret })]
    expect(keepaliveFound(decided({ keepalive: 'both' }, { containers }))).toEqual([
      { by: 'sysctl', containers: ['app'], ...defaultEffect, sendingNoticeSeconds: null },
    ])
  })

  it('is by preload alone where sysctls are refused', () => {
    expect(keepaliveFound(decided({ keepalive: 'both' }, { hostNetwork: true }))).toEqual([
      { by: 'preload', containers: ['app'], ...defaultEffect },
    ])
  })

  it('has the own timers of a container apart', () => {
    const own = withEnv({ name: 'LONGHAUL_KEEPALIVE', value: 'idle=600' }, 'own')
    const containers = [{ name: 'app' }, own, { name: 'other' }]
    expect(keepaliveFound(decided({}, { containers }))).toEqual([
      { by: 'preload', containers: ['app', 'other'], ...defaultEffect },
      {
        by: 'preload',
        containers: ['own'],
        idleNoticeSeconds: 630,
        sendingNoticeSeconds: 630,
        idleBytesPerHour: 624,
      },
    ])
  })

  it('is what the node agent does, of which nothing is in the pod', () => {
    const containers = [{ name: 'app' }, withEnv({ name: 'LD_PRELOAD', valueFrom: fromSecret }, 'other')]
    const settings = { keepalive: 'node', 'pre-stop-sleep': 'off', 'user-timeout': 'off' }
    const decision = decided(settings, { containers, hostNetwork: true })
    expect(decision.patch).toEqual([])
    expect(keepaliveFound(decision)).toEqual([
      { by: 'node', containers: ['app', 'other'], ...defaultEffect, sendingNoticeSeconds: null },
    ])
  })

  it('is what the node agent does to pods that are left alone, as their namespace asks for', () => {
    const pod = { spec: { containers: [{ name: 'app' }] } }
    const byNode = (name: string) =>
      decide(pod, { name, labels: { 'longhaul.dev/keepalive': 'node' } }, defaultConfig)
    expect(byNode('prod').mutation.outcome).toBe('skipped')
    expect(keepaliveFound(byNode('prod'))).toEqual([{ by: 'node', containers: ['app'], ...defaultEffect }])
    expect(keepaliveFound(byNode('kube-system'))).toEqual([])
  })

  it("has the user's own sysctls beside Longhaul's", () => {
    expect(keepaliveFound(decided({ keepalive: 'sysctl' }, sysctls({ time: '600' })))).toEqual([
      {
        by: 'sysctl',
        containers: ['app'],
        idleNoticeSeconds: 630,
        sendingNoticeSeconds: null,
        idleBytesPerHour: 624,
      },
    ])
  })
})

const cost = 'an idle connection costs 6240 bytes an hour (IPv4) for each end with keepalive.'
const usual = `a dead peer is noticed within 90s, while sending within 90s after the first retransmission; ${cost}`
const untilKernelGivesUp = `a dead peer is noticed within 90s, while sending when the kernel gives up (about 15m); ${cost}`

describe('in words', () => {
  it.each<[string, Settings, Partial<V1PodSpec>, string[]]>([
    ['all containers need no names', {}, {}, [usual.replace('a', 'A')]],
    [
      'a container is named where another has none',
      { containers: 'app' },
      { containers: [{ name: 'app' }, { name: 'log' }] },
      [`In container app, ${usual}`],
    ],
    [
      'a native sidecar counts, another init container does not',
      {},
      {
        initContainers: [{ name: 'proxy', restartPolicy: 'Always' }, { name: 'migrate' }],
      },
      [usual.replace('a', 'A')],
    ],
    [
      'several containers are named',
      {},
      { containers: [{ name: 'app' }, { name: 'log' }, { name: 'istio-proxy' }] },
      [`In containers app and log, ${usual}`],
    ],
    [
      'sysctls reach sockets that ask',
      { keepalive: 'sysctl' },
      {},
      [`On sockets that ask for keepalive, ${untilKernelGivesUp}`],
    ],
    ['the node agent is named', { keepalive: 'node' }, {}, [`By the node agent, ${usual}`]],
    [
      'beside preloading they reach others',
      { keepalive: 'both' },
      {},
      [
        usual.replace('a', 'A'),
        `On sockets outside the library's reach that ask for keepalive, ${untilKernelGivesUp}`,
      ],
    ],
    [
      'also where the timers of the library are not known',
      { keepalive: 'both' },
      { containers: [withEnv({ name: 'LONGHAUL_KEEPALIVE', valueFrom: fromSecret })] },
      [`On sockets outside the library's reach that ask for keepalive, ${untilKernelGivesUp}`],
    ],
    [
      'a time may be a millisecond',
      { 'user-timeout': '1ms' },
      {},
      [`A dead peer is noticed within 70s, while sending within 1ms after the first retransmission; ${cost}`],
    ],
    [
      'a time is in units that can be read',
      { 'user-timeout': '1500ms' },
      {},
      [
        `A dead peer is noticed within 70s, while sending within 1.5s after the first retransmission; ${cost}`,
      ],
    ],
    [
      'as is the longest',
      { 'keepalive-idle': '32767', 'keepalive-interval': '32767', 'keepalive-probes': '127' },
      {},
      [
        'A dead peer is noticed within 1165h2m56s, while sending when the kernel gives up (about 15m); an idle connection costs 11 bytes an hour (IPv4) for each end with keepalive.',
      ],
    ],
  ])('%s', (_, settings, spec, sentences) => {
    expect(keepaliveSentences(decided(settings, spec))).toEqual(sentences)
  })
})
