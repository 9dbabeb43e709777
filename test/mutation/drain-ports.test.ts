/** The ports of a drain's call: the binary refuses a call with what is no port, and a hook must not grow with the pod. */

import type { V1Pod } from '@kubernetes/client-node'
import { expect, it } from 'vitest'
import { decide } from '../../src/mutation/decide.ts'
import { defaultConfig } from '../../src/policy/config.ts'

const namespace = { name: 'default', labels: { 'longhaul.dev/inject': 'true' } }

interface Declared {
  annotations?: Record<string, string>
  ports?: { containerPort: number; name?: string; protocol?: string | null }[]
}

/** The options about ports of the hook that a pod of one container gets, and what is said. */
function drainOf({ annotations, ports = [] }: Declared): { options: string[]; rules: string[] } {
  const container = { name: 'app', image: 'app:1', ports }
  const pod = {
    metadata: { name: 'app', annotations: { 'longhaul.dev/drain-timeout': '30s', ...annotations } },
    spec: { containers: [container] },
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
