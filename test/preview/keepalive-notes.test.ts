/** What preview says where programs may ignore the library. */

import type { V1Container, V1PodSecurityContext } from '@kubernetes/client-node'
import { expect, it } from 'vitest'
import { readDocuments } from '../../src/manifests/documents.ts'
import { decide } from '../../src/mutation/decide.ts'
import { type Config, defaultConfig } from '../../src/policy/config.ts'
import { problemText } from '../../src/policy/problems.ts'
import { printDiff } from '../../src/preview/diff.ts'
import { keepaliveNotes } from '../../src/preview/keepalive-notes.ts'
import { planDocuments } from '../../src/preview/plan.ts'
import { styleFor } from '../../src/preview/style.ts'

const bind = { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }

function decided(
  containers: readonly V1Container[],
  securityContext: V1PodSecurityContext = {},
  annotations: Record<string, string> = {},
  config: Config = defaultConfig,
) {
  const metadata = { annotations: { 'longhaul.dev/inject': 'true', ...annotations } }
  const pod = { metadata, spec: { securityContext, containers: [...containers] } }
  return decide(pod, { name: 'prod', labels: {} }, { ...config, strict: true })
}

const proxy = (securityContext: V1Container['securityContext']) => [
  { name: 'proxy', ...(securityContext && { securityContext }) },
]

it.each([
  ['by its own user', decided(proxy({ ...bind, runAsUser: 101 }))],
  ["by the pod's user", decided(proxy(bind), { runAsUser: 101 })],
  ["by the pod's word", decided(proxy(bind), { runAsNonRoot: true })],
])(
  'a container that adds capabilities and is not root, %s, is noted, and nothing is wrong',
  (_, decision) => {
    expect(keepaliveNotes(decision)).toEqual([
      'Container proxy adds capabilities for a user other than root: a program that has them as file capabilities (getcap) ignores LD_PRELOAD; use sysctl for it.',
    ])
    expect([decision.denial, decision.mutation.problems.map(problemText)]).toEqual([undefined, []])
  },
)

it('several containers are noted at once', () => {
  const securityContext = { ...bind, runAsUser: 101 }
  const decision = decided([{ name: 'a', securityContext }, { name: 'b' }, { name: 'c', securityContext }])
  expect(keepaliveNotes(decision)).toEqual([expect.stringMatching(/^Containers a and c add capabilities /)])
})

it('one with a file at /etc/ld.so.preload is reached by that, with glibc', () => {
  const both = { ...defaultConfig, preload: { carrier: 'both' as const } }
  const own = [{ name: 'etc', mountPath: '/etc' }]
  const securityContext = { ...bind, runAsUser: 101 }
  const containers = [
    { name: 'a', securityContext },
    { name: 'b', securityContext, volumeMounts: own },
  ]
  expect(keepaliveNotes(decided(containers, {}, {}, both))).toEqual([
    expect.stringMatching(/^Container b adds .* ignores LD_PRELOAD; use sysctl for it\.$/),
    expect.stringMatching(
      /^Container a adds .* ignores LD_PRELOAD; \/etc\/ld\.so\.preload reaches it where the image has glibc\.$/,
    ),
  ])
})

it.each([
  ['root', decided(proxy({ ...bind, runAsUser: 0 }), { runAsUser: 101 })],
  ['nobody knows who', decided(proxy(bind))],
  ['not root, with none added', decided(proxy({ capabilities: { drop: ['ALL'] }, runAsUser: 101 }))],
  ['without the library', decided(proxy(bind), { runAsUser: 101 }, { 'longhaul.dev/keepalive': 'sysctl' })],
  ['left alone', decided(proxy(bind), { runAsUser: 101 }, { 'longhaul.dev/inject': 'false' })],
])('a container is not noted: %s', (_, decision) => {
  expect(keepaliveNotes(decision)).toEqual([])
})

it('the preview says so among its reasons', () => {
  const manifest = `apiVersion: v1
kind: Pod
metadata: {name: web, annotations: {longhaul.dev/inject: "true"}}
spec: {containers: [{name: proxy, image: p:1, securityContext: {runAsUser: 101, capabilities: {add: [NET_RAW]}}}]}
`
  const options = { namespace: 'prod', namespaceLabels: {}, config: defaultConfig }
  const text = printDiff(planDocuments(readDocuments(manifest, 'x.yaml'), options), styleFor(false))
  expect(text).toContain('\n  Container proxy adds capabilities for a user other than root: ')
  expect(text).not.toContain('Problems:')
})
