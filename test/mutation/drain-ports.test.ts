/** The ports of a drain's call: the binary refuses a call with what is no port, and a hook must not grow with the pod. */

import type { V1Pod } from '@kubernetes/client-node'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { decide } from '../../src/mutation/decide.ts'
import { defaultConfig } from '../../src/policy/config.ts'
import { parseConfig } from '../../src/policy/config-file.ts'
import { problemText } from '../../src/policy/problems.ts'

const namespace = { name: 'default', labels: { 'longhaul.dev/inject': 'true' } }

interface Declared {
  annotations?: Record<string, string>
  hostNetwork?: boolean
  ports?: { containerPort: number; name?: string; protocol?: string | null }[]
}

/** The options about ports of the hook that a pod of one container gets, and what is said. */
function drainOf({ annotations, hostNetwork = false, ports = [] }: Declared): {
  options: string[]
  rules: string[]
} {
  const container = { name: 'app', image: 'app:1', ports }
  const pod = {
    metadata: { name: 'app', annotations: { 'longhaul.dev/drain-timeout': '30s', ...annotations } },
    spec: { hostNetwork, containers: [container] },
  } as V1Pod
  const { mutation } = decide(pod, namespace, defaultConfig)
  const command = mutation.pod.spec?.containers[0]?.lifecycle?.preStop?.exec?.command ?? []
  return {
    options: command.filter(option => option.includes('port=')),
    rules: mutation.problems.filter(({ key }) => key === 'drain-ports').map(({ rule }) => rule),
  }
}

const portsFrom = (first: number, count: number, name: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => ({ containerPort: first + index, name: name(index) }))

it.each(['0', '65536', '99999', '-1', '1e3', ' 9090'])(
  'takes no port from prometheus.io/port: %j',
  written => {
    expect(drainOf({ annotations: { 'prometheus.io/port': written } }).options).toEqual([])
  },
)

it.each(['1', '65535'])('takes the port from prometheus.io/port: %j', written => {
  const { options } = drainOf({ annotations: { 'prometheus.io/port': written } })
  expect(options).toEqual([`--not-port=${written}`])
})

it('reads an empty protocol as TCP, as the API server does', () => {
  const { options } = drainOf({ ports: [{ containerPort: 9090, name: 'metrics', protocol: null }] })
  expect(options).toEqual(['--not-port=9090'])
})

it('leaves 64 ports out at most', () => {
  const { options } = drainOf({ ports: portsFrom(9000, 70, index => `a${index}-metrics`) })
  expect(options).toEqual(Array.from({ length: 64 }, (_, index) => `--not-port=${9000 + index}`))
})

it.each([
  [64, 64, []],
  [65, 0, ['stands for more than 64 ports']],
])('watches all of %i ports of one name, or as without the setting', (count, watched, rules) => {
  const annotations = { 'longhaul.dev/drain-ports': 'web' }
  const told = drainOf({ annotations, ports: portsFrom(8000, count, () => 'web') })
  expect(told).toEqual({
    options: Array.from({ length: watched }, (_, index) => `--port=${8000 + index}`),
    rules,
  })
})

it.each([
  [64, []],
  [65, ['declares more than 64 ports']],
])('watches at most 64 of %i ports that are declared on a host network', (count, rules) => {
  const quiet = portsFrom(7000, 70, index => `a${index}-metrics`)
  const told = drainOf({ hostNetwork: true, ports: [...quiet, ...portsFrom(8000, count, () => 'web')] })
  expect(told).toEqual({
    options: Array.from({ length: 64 }, (_, index) => `--port=${8000 + index}`),
    rules,
  })
})

/** What a profile's list makes of a pod with the ports `http` and `metrics`, where the configuration is strict. */
function underProfile(list: string) {
  const config = parseConfig(
    stringify({ strict: true, profiles: { web: { 'drain-ports': list } } }),
    'config',
  )
  const ports = [
    { containerPort: 8080, name: 'http' },
    { containerPort: 9090, name: 'metrics' },
  ]
  const annotations = { 'longhaul.dev/drain-timeout': '30s', 'longhaul.dev/profile': 'web' }
  const pod = { metadata: { annotations }, spec: { containers: [{ name: 'app', image: 'app:1', ports }] } }
  const { mutation, denial } = decide(pod, namespace, config)
  const command = mutation.pod.spec?.containers[0]?.lifecycle?.preStop?.exec?.command ?? []
  return {
    denial,
    options: command.filter(option => option.includes('port=')),
    problems: mutation.problems.map(problemText),
  }
}

it("does not deny a pod for names of a profile's list that it does not declare", () => {
  expect(underProfile('http,ws')).toEqual({ denial: undefined, options: ['--port=8080'], problems: [] })
})

it("says where a profile's list has nothing for a pod, and denies nothing", () => {
  expect(underProfile('ws,mqtt')).toEqual({
    denial: undefined,
    options: ['--not-port=9090'],
    problems: [
      'longhaul.dev/drain-ports: the list of profile web of the pod names no TCP port of a container; declare it in ports. Using auto.',
    ],
  })
})

it('denies a pod for such names of its own', () => {
  const annotations = { 'longhaul.dev/drain-timeout': '30s', 'longhaul.dev/drain-ports': 'ws' }
  const pod = { metadata: { annotations }, spec: { containers: [{ name: 'app', image: 'app:1' }] } }
  expect(decide(pod, namespace, { ...defaultConfig, strict: true }).denial).toContain('"ws" on the pod')
})
