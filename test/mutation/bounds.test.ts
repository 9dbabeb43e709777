/** Inputs that are made to cost much: what comes of them has a bound, whatever stands in them. */

import type { V1Container, V1Pod } from '@kubernetes/client-node'
import { expect, it } from 'vitest'
import { decide } from '../../src/mutation/decide.ts'
import { defaultConfig } from '../../src/policy/config.ts'
import { problemText, warnings } from '../../src/policy/problems.ts'

const namespace = { name: 'default', labels: { 'longhaul.dev/inject': 'true' } }

function containers(count: number, name = (index: number) => `app-${index}`): V1Container[] {
  return Array.from({ length: count }, (_, index) => ({ name: name(index), image: 'app:1' }))
}

function podOf(annotations: Record<string, string>, spec: V1Pod['spec']): V1Pod {
  return { metadata: { name: 'app', annotations }, ...(spec === undefined ? {} : { spec }) }
}

const manyKeys = Object.fromEntries(
  Array.from({ length: 9000 }, (_, index) => [`longhaul.dev/x${index}`, '']),
)

it.each<[string, V1Pod, string]>([
  ['keys', podOf({ ...manyKeys }, { containers: containers(1) }), 'has 8980 more problems'],
  [
    'names',
    podOf({ 'longhaul.dev/containers': 'nobody,'.repeat(37_000) }, { containers: containers(90) }),
    'is longer than 4160 characters',
  ],
  [
    'long texts',
    podOf({ [`longhaul.dev/${'k'.repeat(200_000)}`]: 'v'.repeat(200_000) }, { containers: containers(1) }),
    'is not a setting',
  ],
  [
    'containers that each have a problem',
    podOf(
      {},
      {
        containers: containers(400, index => `${'\u001b[2J'.repeat(2000)}${index}`).map(each => ({
          ...each,
          lifecycle: { preStop: { exec: { command: ['x'] } } },
          volumeMounts: [{ name: 'x', mountPath: `/opt/longhaul/${'\u0007'.repeat(5000)}` }],
        })),
      },
    ),
    'has 780 more problems',
  ],
])('%s: the problems are few and short', (_, pod, text) => {
  for (const strict of [false, true]) {
    const { mutation, denial = '' } = decide(pod, namespace, { ...defaultConfig, strict })
    const texts = mutation.problems.map(problemText)
    expect(texts.length).toBeLessThanOrEqual(21)
    expect(texts.join(' ')).toContain(text)
    expect(Math.max(...texts.map(each => each.length))).toBeLessThan(400)
    expect(texts.join('') + denial).not.toMatch(/\p{Cc}/u)
    expect(denial.length).toBeLessThan(8192)
    expect(warnings(mutation.problems).join('').length).toBeLessThanOrEqual(4096)
  }
})

it.each([
  ['regular', { containers: containers(501) }],
  ['init', { containers: containers(1), initContainers: containers(500, index => `init-${index}`) }],
])('more than 500 containers, %s ones, are left alone', (_, spec) => {
  const { mutation } = decide(podOf({}, spec), namespace, defaultConfig)
  expect(mutation).toMatchObject({ outcome: 'skipped', reason: 'too-many-containers', problems: [] })
})

it('takes 64 names and 500 containers', () => {
  const names = containers(64).map(({ name }) => name)
  const annotations = { 'longhaul.dev/containers': names.join(',') }
  const { mutation } = decide(podOf(annotations, { containers: containers(500) }), namespace, defaultConfig)
  expect(mutation).toMatchObject({ outcome: 'mutated', problems: [] })
})
